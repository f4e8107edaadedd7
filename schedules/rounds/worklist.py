"""What schedules puts on a person's home page: of duties of every kind, by what the registry says."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from core import clock, periods
from core.actor import Actor
from core.worklist import OtherWork, SideCard, WorkItem, Worklist
from orgs.models import Organization, RoleGrant
from orgs.permissions import Permission

from . import fulfilment
from .enums import DutyState
from .fulfilment import Kind, Returned
from .models import Duty, Plan
from .models.duty import OPEN_STATES
from .models.vocabulary import Counted
from .queries.duties import (
    duties_to_know,
    opened_of_plans,
    own_work,
    unsent_itself,
    waiting,
    waiting_for_second_look,
)
from .queries.plans import plan_address, plans_offered, running_out
from .rules import SOON as NOTICE
from .words import word_of

SOON = 7  # days after this week's Sunday: what is due by then is to be done
NAMED = 3  # of what runs out
SHOWN = 60  # duties of one organisation; the others are on the page of its year


def provide(actor: Actor, worklist: Worklist) -> None:
    """Own duties to be done or mended, what waits for a check, organisations missing."""
    if actor.may(Permission.REPORT_DRAFT):
        _own(actor, worklist)
    if actor.may(Permission.REPORT_CHECK):
        _to_check(actor, worklist)
    if Permission.REPORT_CHECK in actor.permissions:  # whom the level below answers to
        _missing(actor, worklist)
    if actor.may(Permission.PLAN_EDIT):
        _running_out(worklist)


def _running_out(worklist: Worklist) -> None:
    """What the zone asks for and is about to run out, or has, to be renewed or let go. Two
    queries."""
    today = clock.today()
    found = running_out(today)
    if not found:
        return
    over = [one for one in found if one.until < today]
    first = min(found, key=lambda one: one.until)
    soon = len(found) - len(over)
    parts = [f"{soon} 项 {NOTICE} 天内到期"] if soon else []
    if over:
        parts.append(f"{len(over)} 项已到期停止")
    worklist.items.append(
        WorkItem(
            title="要基层办的事到期",
            text=f"{'，'.join(parts)}：{'、'.join(one.name for one in found[:NAMED])}"
            f"{' 等' if len(found) > NAMED else ''}。还要的请续期，不要的不必理会。",
            url=reverse("schedules:burden"),
            button="查看",
            due_on=first.until,
            days_left=(first.until - today).days,
            tone="warn",
            minutes=2 * len(found),
            order=(4, (first.until - today).days),
        )
    )


def _own(actor: Actor, worklist: Worklist) -> None:
    """A query for the duties, and one or two for each kind among them."""
    today, now = clock.today(), clock.now()
    known = list(duties_to_know(actor, today.year))
    duties = [duty for duty in known if duty.state in OPEN_STATES][:SHOWN]
    for kind, rows in fulfilment.by_kind(duties).items():
        came_back = [duty for duty in rows if duty.state == DutyState.RETURNED]
        returned = kind.returned(came_back) if came_back else {}
        for duty in rows:
            if duty.is_locked(now):
                if kind.done is not None:
                    continue  # never closed to the records that fulfil it: asked for no more
                item = _closed(duty, kind, today)
            elif duty.state == DutyState.RETURNED:
                item = _to_mend(duty, kind, returned, today)
            elif _is_to_be_done(duty, kind, today):
                item = _to_do(duty, kind, now, today, is_primary=not worklist.items)
            else:
                item = _ready(duty, kind, today)
            if duty.organization_id != actor.organization_id:
                item = replace(item, title=f"{duty.organization}：{item.title}")
            worklist.items.append(item)
    known = [duty for duty in known if duty.organization_id == actor.organization_id]
    of_year = [duty for duty in known if duty.period[:4] == f"{today.year:04d}"]
    _year(actor, of_year, worklist, today)


def _is_to_be_done(duty: Duty, kind: Kind, today: dt.date) -> bool:
    """Whether its time has come: a case runs, something is done several times, or else the period
    is over or the day is there, by the end of next week."""
    if not kind.is_by_period or duty.required_count > 1:
        return True
    sunday = today + dt.timedelta(days=6 - today.weekday())
    return periods.last_day(duty.period) < today or duty.due_on <= sunday + dt.timedelta(days=SOON)


def _to_mend(duty: Duty, kind: Kind, returned: Mapping[int, Returned], today: dt.date) -> WorkItem:
    back = returned.get(duty.pk, Returned(reason=duty.return_reason))
    titles = "、".join(f"“{part}”" for part in back.parts)
    rest = "其余项目已通过，不必重报。" if back.parts else ""
    day = duty.next_due_on
    is_over = day < today
    until = f"已过补齐的期限（{day.month}月{day.day}日），请尽快补齐。"
    if not is_over:
        until = f"请在{day.month}月{day.day}日前补齐。"
    return WorkItem(
        title=f"{duty.title}：{titles}退回补充" if titles else f"{duty.title}退回补充",
        text=f"{back.reason} {until}{rest}".strip(),
        url=kind.url(duty),
        button="补充这一项" if len(back.parts) == 1 else "补充",
        due_on=day,
        days_left=(day - today).days,
        lead="退回",
        lead_note=_ago(timezone.localdate(back.at) if back.at else None, today),
        tone="bad" if is_over else "warn",
        minutes=kind.mend_minutes,
        order=(0, (day - today).days),
        is_primary=True,
    )


def _to_do(
    duty: Duty, kind: Kind, now: dt.datetime, today: dt.date, *, is_primary: bool
) -> WorkItem:
    overdue = duty.is_overdue(now)
    days = (duty.due_on - today).days
    words = kind.words
    title = duty.title
    is_late = overdue and kind.check
    after = f"补{words.act[:1]}"
    if duty.required_count > 1:
        title = f"{title}（{duty.done_count}/{duty.required_count}）"
    return WorkItem(
        title=title,
        text=f"已过截止日，仍可{after}，会记为迟报。" if is_late else words.hint,
        url=kind.url(duty),
        button=after if is_late else words.write,
        due_on=duty.due_on,
        days_left=days,
        lead=f"过期 {-days} 天" if overdue else (f"{days} 天" if days else "今天"),
        lead_note=f"{duty.due_on.month}月{duty.due_on.day}日 前",
        tone="bad" if overdue else ("warn" if days <= 3 else ""),
        minutes=kind.minutes,
        order=(1, days),
        is_primary=is_primary,
    )


def _closed(duty: Duty, kind: Kind, today: dt.date) -> WorkItem:
    """What was never sent and is no longer taken: it stays in sight, with whom to turn to."""
    locked_on = timezone.localdate(duty.locks_at) - dt.timedelta(days=1) if duty.locks_at else today
    return WorkItem(
        title=f"{duty.title}{kind.words.missing}",
        text=f"{locked_on.month}月{locked_on.day}日锁定，不再接收。确需补{kind.words.act[:1]}，"
        "请上级党组织重新开放，或按规定免报。",
        url=kind.url(duty),
        button="查看",
        lead="锁定",
        lead_note=periods.short(duty.period),
        tone="bad",
        order=(9, -(today - duty.due_on).days),
        group="closed",
    )


def _ready(duty: Duty, kind: Kind, today: dt.date) -> WorkItem:
    return WorkItem(
        title=f"{duty.title}{kind.words.ready}",
        text=f"{kind.words.ready_hint}{duty.due_on.month}月{duty.due_on.day}日前{kind.words.act}。",
        url=kind.url(duty),
        button=kind.words.look,
        lead=periods.short(duty.period),
        lead_note=kind.words.ready_note or duty.plan.name,
        order=(8, (duty.due_on - today).days),
        group="drafts" if kind.words.ready_note else "coming",
    )


def _year(actor: Actor, duties: Iterable[Duty], worklist: Worklist, today: dt.date) -> None:
    """The organisation's own year in figures, a line or three for each plan: of the periods that
    are over, and of what was sent before, as the page of the year counts it."""
    by_plan: dict[Plan, list[Duty]] = {}
    for duty in duties:
        if not fulfilment.of(duty.plan).is_by_period:
            continue
        if periods.last_day(duty.period) < today or Counted.SUBMITTED in duty.counts_as:
            by_plan.setdefault(duty.plan, []).append(duty)
        last = periods.shift(periods.containing(today, duty.plan.cadence), -1)
        if duty.period == last and duty.counts_as & {Counted.ACCEPTED, Counted.WAITING}:
            worklist.done_count += 1
    rows: list[tuple[str, str]] = []
    for plan, owed in sorted(by_plan.items(), key=lambda pair: pair[0].position):
        counts = {word: sum(word in duty.counts_as for duty in owed) for word in Counted}
        whole = counts[Counted.EXPECTED]
        rows.append(
            (
                f"{plan.name}{fulfilment.of(plan).words.sent}",
                f"{counts[Counted.SUBMITTED]} / {whole}",
            )
        )
        if len(by_plan) == 1:
            rows.append(("按时", f"{counts[Counted.ON_TIME]} / {whole}"))
            rows.append(("已通过", f"{counts[Counted.ACCEPTED]} / {whole}"))
    if rows:
        title = f"{actor.organization_name} {today.year} 年"
        worklist.cards.append(SideCard(title=title, rows=tuple(rows)))


def _ago(day: dt.date | None, today: dt.date) -> str:
    if day is None:
        return ""
    days = (today - day).days
    return {0: "今天", 1: "昨天"}.get(days, f"{days} 天前")


def _to_check(actor: Actor, worklist: Worklist) -> None:
    """What waits for the first and for the second look. Two queries."""
    now = clock.now()
    names, count, oldest = _names(waiting(actor))
    if count:
        waited = (now - (oldest or now)).days
        worklist.items.append(
            WorkItem(
                title=f"{count} 份{names}待核",
                text=f"最早的一份已等 {waited} 天。逐项核对，可只退回其中一项。"
                if waited
                else "逐项核对，可只退回其中一项。",
                url=reverse("schedules:report-queue"),
                button="核报",
                lead=f"{count} 份",
                lead_note="待核",
                tone="warn" if waited >= 2 else "",
                minutes=2 * min(count, 15),
                order=(2, -count),
                is_primary=not worklist.items,
            )
        )
    names, count, _ = _names(waiting_for_second_look(actor))
    if count:
        worklist.items.append(
            WorkItem(
                title=f"{count} 份{names}待复核",
                text="下级已通过，按计划需上级复核。",
                url=f"{reverse('schedules:report-queue')}?second=1",
                button="复核",
                lead=f"{count} 份",
                lead_note="待复核",
                minutes=min(count, 20),
                order=(3, -count),
            )
        )


def _names(rows: QuerySet[Duty]) -> tuple[str, int, dt.datetime | None]:
    """What the duties are called when they are of one plan, how many, and since when the oldest
    waits. One query."""
    found = rows.order_by().values_list("plan__name").annotate(n=Count("pk"), since=Min("sent_at"))
    groups = list(found)
    name = groups[0][0] if len(groups) == 1 else ""
    oldest = min((since for _, _, since in groups if since), default=None)
    return name, sum(number for _, number, _ in groups), oldest


def _missing(actor: Actor, worklist: Worklist) -> None:
    """Organisations below that have not done what a plan asks for, as the board counts them and in
    its words: what is overdue, what is locked, and what has time yet apart. Four
    queries, however many plans there are."""
    plans = plans_offered()
    node = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if node is None or not plans:
        return
    today, own = clock.today(), unsent_itself(node)
    told: dict[str, Kind] = {}
    for plan, opened in opened_of_plans(plans, node).items():
        period = opened.shown_first
        figures = opened.figures.get(period or "")
        if period is None or figures is None or not figures.unsent:
            continue
        kind = fulfilment.of(plan)
        is_asked_for = kind.is_by_period and periods.last_day(period) < today
        mine = own.get((plan.pk, period), {})
        for word in (Counted.MISSING, Counted.LOCKED, Counted.PENDING):
            if word == Counted.PENDING and not is_asked_for:
                continue  # there is time yet
            count = getattr(figures, word) - mine.get(word, 0)
            if count <= 0:
                continue
            if kind.done is not None:
                if word == Counted.MISSING:
                    told[plan.name] = kind
                continue
            asked = {"period": period, "state": str(word)} | plan_address(plan, plans)
            worklist.items.append(_missing_item(plan, kind, period, word, count, asked))
    _not_held(node, told, worklist)


def _not_held(node: Organization, told: Mapping[str, Kind], worklist: Worklist) -> None:
    """One line for all that records fulfil and the organisations below have not done, for the level
    directly above them. One query, none where there is nothing."""
    address = next((kind.missing_url for kind in told.values() if kind.missing_url), None)
    if address is None or not node.children.active().branches().exists():
        return
    worklist.items.append(
        WorkItem(
            title=f"下级有{'、'.join(told)}没有开",
            text="开过的请他们补记，按开会那天计入；不另催、不通报。",
            url=address(node),
            button="查看",
            minutes=1,
            order=(5, 0),
        )
    )


def _missing_item(
    plan: Plan, kind: Kind, period: str, word: Counted, count: int, asked: dict[str, Any]
) -> WorkItem:
    said = word_of(kind, word)
    is_locked = word == Counted.LOCKED
    return WorkItem(
        title=f"下级 {count} 个{said}{periods.label(period)}{plan.name}",
        text="不再接收；确需补报的可重新开放，或免报。"
        if is_locked
        else f"可一键提醒，只提醒{said}的。",
        url=f"{reverse('schedules:report-matrix')}?{urlencode(asked)}",
        button="查看" if is_locked else "查看并提醒",
        lead=f"{count} 个",
        lead_note=said,
        tone="" if word == Counted.PENDING else "bad",
        minutes=1,
        order=(4 if word != Counted.PENDING else 6, -count),
    )


def elsewhere(actor: Actor, grants: Sequence[RoleGrant]) -> list[OtherWork]:
    """What waits in the person's other roles: to be sent or mended, and to be checked. Two
    queries, however many roles he has."""
    today = clock.today()
    writing = {grant.organization_id for grant in grants if _may(grant, Permission.REPORT_DRAFT)}
    checking = {grant.organization_id for grant in grants if _may(grant, Permission.REPORT_CHECK)}
    soon = today + dt.timedelta(days=6 - today.weekday() + SOON)
    due = Duty.objects.doable().filter(
        Q(state=DutyState.RETURNED) | Q(due_on__lte=soon), organization__in=writing
    )
    own = _per(due, "organization")
    waits = Duty.objects.counted(Counted.WAITING).filter(organization__parent__in=checking)
    to_check = _per(waits.exclude(own_work(actor)), "organization__parent")
    found = []
    for grant in grants:
        place, parts = grant.organization_id, []
        if place in writing and own.get(place):
            parts.append(f"{own[place]} 件待办")
        if place in checking and to_check.get(place):
            parts.append(f"{to_check[place]} 份待核")
        if parts:
            label = f"{grant.organization} · {grant.label}"
            found.append(OtherWork(grant.pk, label, "，".join(parts)))
    return found


def _may(grant: RoleGrant, permission: Permission) -> bool:
    return permission in grant.role_class.permissions


def _per(rows: QuerySet[Duty], place: str) -> dict[int, int]:
    counts = rows.order_by().values_list(place).annotate(n=Count("pk"))
    return dict(counts)


def front(actor: Actor) -> str:
    """The board, for whoever reads and has nothing to send and nothing to check."""
    works = (Permission.REPORT_DRAFT, Permission.REPORT_CHECK, Permission.REPORT_CONFIRM)
    reads = Permission.REPORT_VIEW in actor.permissions and actor.inherits
    if not reads or any(actor.may(one) for one in works):
        return ""
    return reverse("schedules:board")

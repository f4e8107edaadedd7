"""Lines of a list: each is reported, checked and marked by itself."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from core import clock, figures, periods
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.states import tell, tell_many
from core.text import clean
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.rounds.queries.calendar import load

from .. import sources
from ..enums import ActionState, ActionStepKind, LineState
from ..models import ActionItem, ActionLine, ActionStep
from ..rules import days_late
from . import rights, telling


@action
def report_line(*, line: ActionLine, evidence: str, by: Actor, measure: str = "") -> ActionLine:
    """The owner says that a line is done, and how that can be seen. Raises NotAllowed, MovedOn or
    DomainError; a line bound to a figure is never reported."""
    item, line = _held(line)
    rights.expect_owner(item, by, Permission.ACTION_HANDLE)
    _expect_running(item)
    if line.closes_itself:
        raise DomainError("这一条随数据自动销号，不用报结。")
    evidence = clean(evidence)
    if len(evidence) < 2:
        raise DomainError("请写明佐证（看什么可以知道办成了）。", field="evidence")
    late = days_late(line.due_on or item.due_on, clock.today(), load())
    ActionLine.machine.move(
        line,
        "report",
        evidence=evidence[:300],
        measure=clean(measure)[:300] or line.measure,
        late_days=max(line.late_days, late),
        reported_by_id=by.user_id,
        reported_by_name=by.name[:100],
        reported_at=clock.now(),
        return_reason="",
    )
    _tell(item, line, "报结", evidence, by=by)
    telling.note(item, "action_items.line.report", by=by, changes=_which(line), text=evidence)
    return line


@action
def verify_line(*, line: ActionLine, by: Actor) -> ActionLine:
    """Another person marks the line as done. Raises NotAllowed or MovedOn."""
    item, line = _held(line)
    rights.expect_issuer(item, by, Permission.ACTION_VERIFY)
    rights.expect_another(by, {line.reported_by_id}, "核验")
    ActionLine.machine.move(line, "verify", verified_by_name=by.name[:100], verified_at=clock.now())
    _tell(item, line, "销号", "", by=by)
    telling.note(item, "action_items.line.verify", by=by, changes=_which(line))
    sources.tell_done([line], by)
    return line


@action
def return_line(*, line: ActionLine, reason: str, by: Actor) -> ActionLine:
    """Another person sends the line back. Raises NotAllowed, MovedOn or DomainError."""
    item, line = _held(line)
    rights.expect_issuer(item, by, Permission.ACTION_VERIFY)
    rights.expect_another(by, {line.reported_by_id}, "核验")
    reason = clean(reason)
    if len(reason) < 2:
        raise DomainError("请写明还差什么。", field="reason")
    ActionLine.machine.move(line, "return", return_reason=reason[:300])
    _tell(item, line, "退回", reason, by=by)
    telling.note(item, "action_items.line.return", by=by, changes=_which(line), text=reason)
    return line


@dataclass(frozen=True, slots=True)
class Plan:
    """How the owner means to put one line right, and who sees to it. Texts as typed."""

    line_id: int
    measure: str = ""
    leader_name: str = ""
    responsible_name: str = ""


@action
def plan_lines(*, item: ActionItem, plans: Sequence[Plan], revision: int, by: Actor) -> ActionItem:
    """The owner writes down measure, leader in charge and person of the lines that are not done yet.
    What says nothing new leaves the item as it is, also from an older page. Raises NotAllowed, MovedOn, Stale, or DomainError
    for a line that is not of the item. As many queries for one line as for many."""
    item = rights.locked(item)
    rights.expect_owner(item, by, Permission.ACTION_HANDLE)
    ActionItem.machine.expect(item, "progress")
    held = {line.pk: line for line in item.lines.select_for_update(of=("self",))}
    changed = []
    for plan in plans:
        line = held.get(plan.line_id)
        if line is None:
            raise DomainError("这一条不在这份清单里。", field="lines")
        said = {
            "measure": clean(plan.measure)[:300],
            "leader_name": clean(plan.leader_name)[:50],
            "responsible_name": clean(plan.responsible_name)[:50],
        }
        if line.state == LineState.DONE or all(getattr(line, k) == v for k, v in said.items()):
            continue
        for name, value in said.items():
            setattr(line, name, value)
        changed.append(line)
    if not changed:
        return item
    ActionItem.machine.expect(item, "progress", revision)
    ActionLine.objects.bulk_update(changed, ["measure", "leader_name", "responsible_name"])
    text = f"填写第 {'、'.join(str(line.position) for line in changed)} 条的措施和责任人"
    ActionItem.machine.move(
        item,
        "progress",
        revision=revision,
        step=ActionStep(item=item, kind=ActionStepKind.PROGRESS, text=text[:400]),
        by=by,
    )
    telling.note(item, "action_items.line.plan", by=by, changes={"lines": [None, len(changed)]})
    return item


@action
def facts_good(*, good: Mapping[int, str], by: Actor) -> int:
    """Lines (pk) of which whoever gave them out finds that the fact has turned good, with the words
    that say by which value: done, or where they are of weight waiting for another person to verify
    them; returns how many. Run twice, or at the same time, each is marked once; one that somebody
    holds at this moment waits for the next time. As many queries for one as for many."""
    lines = list(_facts_awaited(good).select_for_update(of=("self", "item"), skip_locked=True))
    calendar, today = load(), clock.today()
    for line in lines:
        line.evidence = f"{good[line.pk]}（{today:%Y年%-m月%-d日}取数）"[:300]
    weighty = [line for line in lines if line.is_weighty]
    _mark_good([(one, one.evidence) for one in lines if not one.is_weighty], today, by=by)
    if not weighty:
        return len(lines)
    now = clock.now()
    for line in weighty:
        line.reported_at, line.reported_by_name = now, by.name[:100]
        late = days_late(line.due_on or line.item.due_on, today, calendar)
        line.late_days = max(line.late_days, late)
    ActionLine.machine.write(
        dict.fromkeys(weighty, "await_check"),
        ["reported_at", "reported_by_name", "late_days", "evidence"],
    )
    tell_many(
        [
            ActionStep(
                item=line.item,
                kind=ActionStepKind.LINE,
                text=_words(line, "数据转好，待核验", line.evidence),
            )
            for line in weighty
        ],
        by=by,
    )
    for line in weighty:
        told = _which(line) | {"figure": [None, line.evidence]}
        telling.note(line.item, "action_items.line.await_check", by=by, changes=told)
    telling.tell_issuers(
        list({line.item_id: line.item for line in weighty}.values()),
        f"turned:{today}",
        title="请核验：督办{item}",
        body="清单里有须核验的条目数据已转好。",
    )
    return len(lines)


def _facts_awaited(pks: Collection[int]) -> QuerySet[ActionLine]:
    rows = ActionLine.objects.filter(
        pk__in=list(pks),
        by_fact=True,
        state=LineState.OPEN,
        return_reason="",
        item__state__in=[ActionState.ISSUED, ActionState.DOING, ActionState.WAITING],
    )
    return rows.select_related("item__owner").order_by("pk")


@action
def turn_good(*, by: Actor) -> int:
    """Marks every line whose figure has stood at its goal for its months, of items under way;
    returns how many. Run twice, or at the same time, each is marked once; a line that somebody
    holds at this moment waits for the next night. One query a figure and month, and seven more,
    however many lines."""
    lines = list(
        ActionLine.objects.filter(
            state=LineState.OPEN,
            item__state__in=[ActionState.ISSUED, ActionState.DOING, ActionState.WAITING],
        )
        .exclude(figure_key="")
        .select_related("item__owner")
        .select_for_update(of=("self", "item"), skip_locked=True)
        .order_by("pk")
    )
    known, today = figures.registered(), clock.today()
    last = periods.shift(periods.containing(today, "month"), -1)
    found = _figures_of(lines, last, today)
    good = []
    for line in lines:
        if line.figure_key not in known:
            continue
        values = [
            found[line.figure_key, month].get(line.item.owner_id)
            for month in periods.ending(last, line.months)
        ]
        if all(_is_good(line, value) for value in values):
            good.append((line, f"{known[line.figure_key].label} {'、'.join(map(str, values))}"))
    _mark_good(good, today, by=by)
    return len(good)


def _mark_good(good: list[tuple[ActionLine, str]], today: dt.date, *, by: Actor) -> None:
    """Marks the lines, held by the caller, as done by what their figures say."""
    if not good:
        return
    calendar, now = load(), clock.now()
    for line, _ in good:
        line.verified_by_name, line.verified_at = by.name[:100], now
        late = days_late(line.due_on or line.item.due_on, today, calendar)
        line.late_days = max(line.late_days, late)
    ActionLine.machine.write(
        {line: "turn_good" for line, _ in good},
        ["verified_by_name", "verified_at", "late_days", "evidence"],
    )
    sources.tell_done([line for line, _ in good], by)
    tell_many(
        [
            ActionStep(
                item=line.item,
                kind=ActionStepKind.LINE,
                text=_words(line, "随数据销号", text),
            )
            for line, text in good
        ],
        by=by,
    )
    for line, text in good:
        telling.note(
            line.item,
            "action_items.line.turn_good",
            by=by,
            changes=_which(line) | {"figure": [None, text]},
        )


def _figures_of(
    lines: list[ActionLine], last: str, today: dt.date
) -> dict[tuple[str, str], Mapping[int, int | None]]:
    """(figure, month) -> owner -> value, for the months that the lines ask for."""
    wanted: dict[tuple[str, str], dict[int, Organization]] = defaultdict(dict)
    for line in lines:
        if line.figure_key in figures.registered():
            for month in periods.ending(last, line.months):
                wanted[line.figure_key, month][line.item.owner_id] = line.item.owner
    return {
        (key, month): figures.values([key], list(owners.values()), figures.Window(month, today))[
            key
        ]
        for (key, month), owners in wanted.items()
    }


def _is_good(line: ActionLine, value: int | None) -> bool:
    if value is None or line.goal is None:
        return False
    return value >= line.goal if line.is_at_least else value <= line.goal


def _held(line: ActionLine) -> tuple[ActionItem, ActionLine]:
    """The item, locked, and the line as it is stored."""
    item = rights.locked(line.item)
    held = ActionLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    held.item = item
    return item, held


def _expect_running(item: ActionItem) -> None:
    if item.state not in (ActionState.DOING, ActionState.WAITING):
        raise DomainError(f"这项督办现在是“{item.get_state_display()}”，签收后才能报结清单。")


def _which(line: ActionLine) -> dict[str, list[object]]:
    return {"line": [None, f"第 {line.position} 条"]}


def _tell(item: ActionItem, line: ActionLine, act: str, text: str, *, by: Actor) -> None:
    words = _words(line, act, text)
    tell(ActionStep(item=item, kind=ActionStepKind.LINE, text=words), by=by)


def _words(line: ActionLine, act: str, text: str) -> str:
    return f"第 {line.position} 条{act}" + (f"：{text}" if text else "")

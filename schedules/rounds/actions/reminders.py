"""Reminders: before, on and after the day, as one digest a person and day, silent once done."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from core import audit, clock, notifications, periods
from core.actions import action
from core.actor import Actor
from core.periods import WorkCalendar
from orgs.models import Organization, User

from .. import digests, fulfilment
from ..digests import Morning, Part
from ..enums import DutyState
from ..models import Duty, Plan, ReminderMark
from ..queries.calendar import load
from ..queries.duties import missing_duties, reminder_key
from ..queries.escalation import Brought, brought_before
from ..queries.recipients import senders_of, watchers_of
from ..queries.reminding import is_working_hour, stage_of
from ..words import locked_word

NAMES_SHOWN = 60  # in a line of the ladder
HORIZON = dt.timedelta(days=45)
BEGINNING = dt.timedelta(days=10)  # past the longest holidays
_LOCK = 7_204_111  # any number of our own


@action
def send_digests(*, by: Actor) -> int:
    """Tells each person once a day what is due or overdue; returns how many digests are new.

    Does nothing outside working hours, nor for a person before the hour that he chose. Run twice,
    or at the same time, it acts once: the digest is unique by person and day, each stage and each
    rung of the ladder by duty and person.
    """
    now, today, calendar = clock.now(), clock.today(), load()
    if not is_working_hour(now, calendar):
        return 0
    # Two runs at the same moment go one after the other: the second finds nothing left to tell.
    if connection.vendor == "postgresql":  # on SQLite the whole database is ours already
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    # And no plan changes meanwhile.
    list(Plan.objects.select_for_update().order_by("pk"))
    first, last = today - HORIZON, today + dt.timedelta(days=10)
    near = Q(state=DutyState.OPEN, due_on__range=(first, last))
    # A case may begin long before its day: who is told so is told in its first days.
    near |= Q(state=DutyState.OPEN, begins_on__range=(today - BEGINNING, today))
    back = Q(state=DutyState.RETURNED, mend_by__range=(first, last))
    duties = list(
        Duty.objects.filter(
            Q(organization__abolished_on=None) | Q(organization__abolished_on__gt=today),
            near | back,
        )
        .select_related("plan", "organization")
        .order_by("due_on", "organization__path")
    )
    # Nobody is reminded of what he can no longer do; those above may still open it again.
    doable = [one for one in duties if not one.is_locked(now)]
    weekly = _weekly(today, calendar)
    own, marks = _own_duties(doable, weekly, today, calendar)
    watched = _watched_duties(doable, own, marks, today, calendar)
    brought = brought_before(duties, today, calendar)
    for user_id, one in brought.items():
        marks[user_id] += one.fresh
    morning = Morning(today, calendar, weekly)
    parts = {teller: teller.parts(morning) for teller in digests.registered()}
    people = {*own, *watched, *brought}.union(*parts.values())
    ready = _ready_to_hear(people, now)
    told = notifications.tell(
        _digest(
            user,
            own.get(user.pk, []),
            watched.get(user.pk, []),
            brought.get(user.pk),
            [found[user.pk] for found in parts.values() if user.pk in found],
            today,
        )
        for user in ready
    )
    ReminderMark.objects.bulk_create(
        [
            ReminderMark(duty=duty, user_id=user.pk, stage=stage, sent_at=now)
            for user in ready
            for duty, stage in marks[user.pk]
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    for teller, found in parts.items():
        heard = {user.pk: found[user.pk] for user in ready if user.pk in found}
        if heard:
            teller.told(heard, by)
    if told:
        audit.record(
            by=by,
            verb="schedules.reminder.digest",
            label=str(today),
            changes={"digests": [0, told]},
        )
    return told


def _weekly(today: dt.date, calendar: WorkCalendar) -> set[int]:
    """Who is told of everything today: on the first working day of a week, who wants a summary.
    One query, none on other days."""
    monday = today - dt.timedelta(days=today.weekday())
    if today != calendar.roll_forward(monday):
        return set()
    return set(User.objects.filter(weekly_summary=True).values_list("pk", flat=True))


def _own_duties(
    duties: list[Duty], weekly: set[int], today: dt.date, calendar: WorkCalendar
) -> tuple[dict[int, list[Duty]], dict[int, list[tuple[Duty, str]]]]:
    """User id -> duties of his own organisations to name, and the stages that are new to him. All
    of them for who is `weekly`, else the new ones."""
    people = senders_of(duties)
    known = set(
        ReminderMark.objects.filter(duty__in=[duty.pk for duty in duties]).values_list(
            "duty_id", "user_id", "stage"
        )
    )
    named: dict[int, list[Duty]] = defaultdict(list)
    marks: dict[int, list[tuple[Duty, str]]] = defaultdict(list)
    for duty in duties:
        stage = stage_of(duty, today, calendar)
        for user_id in people.get(duty.pk, ()):
            is_new = bool(stage) and (duty.pk, user_id, stage) not in known
            if is_new:
                marks[user_id].append((duty, stage))
            if is_new or user_id in weekly:
                named[user_id].append(duty)
    return named, marks


def _watched_duties(
    duties: list[Duty],
    own: Mapping[int, list[Duty]],
    marks: dict[int, list[tuple[Duty, str]]],
    today: dt.date,
    calendar: WorkCalendar,
) -> dict[int, list[Duty]]:
    """User id -> duties of those below that the general branch above is told of, where the stage
    is new to him; the stages are added to `marks`. Two queries, none where nothing is watched."""
    people = watchers_of(duties)
    known = (
        set(ReminderMark.objects.filter(duty__in=people).values_list("duty_id", "user_id", "stage"))
        if people
        else set()
    )
    named: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties:
        stage = stage_of(duty, today, calendar) if duty.pk in people else ""
        for user_id in people.get(duty.pk, ()):
            if (
                stage
                and (duty.pk, user_id, stage) not in known
                and duty not in own.get(user_id, ())
            ):
                marks[user_id].append((duty, stage))
                named[user_id].append(duty)
    return named


def _ready_to_hear(user_ids: Iterable[int], now: dt.datetime) -> list[User]:
    """Those of the people whose hour has come and who have had no digest today. Two queries."""
    local = timezone.localtime(now)
    people = list(
        User.objects.filter(
            pk__in=list(user_ids), is_active=True, reminder_hour__lte=local.hour
        ).order_by("pk")
    )
    known = notifications.known_keys(_key(user.pk, local.date()) for user in people)
    return [user for user in people if _key(user.pk, local.date()) not in known]


def _key(user_id: int, today: dt.date) -> str:
    return f"digest:{today:%Y%m%d}:{user_id}"


def _digest(
    user: User,
    duties: list[Duty],
    watched: list[Duty],
    brought: Brought | None,
    parts: list[Part],
    today: dt.date,
) -> notifications.Message:
    lines = [_line(duty, today) for duty in [*duties, *watched]]
    past = any(duty.next_due_on < today for duty in [*duties, *watched])
    is_overdue = brought is not None or past or any(part.is_urgent for part in parts)
    lines += _lines_of(brought) if brought else []
    title = _title(duties, watched, brought, today)
    return notifications.Message(
        user_id=user.pk,
        key=_key(user.pk, today),
        title="；".join([title] * bool(title) + [part.title for part in parts]),
        body="\n".join(lines + [line for part in parts for line in part.lines]),
        url=reverse("core:home"),
        by_mail=user.reminders_by_mail or is_overdue,
    )


def _title(duties: list[Duty], watched: list[Duty], brought: Brought | None, today: dt.date) -> str:
    overdue = sum(duty.next_due_on < today for duty in duties)
    back = sum(duty.state == DutyState.RETURNED for duty in duties)
    parts = []
    if overdue:
        parts.append(f"有 {len(duties)} 件事待办，其中 {overdue} 件已过截止日")
    elif duties:
        parts.append(f"有 {len(duties)} 件事快到截止日")
    if back:
        parts[-1] += f"，{back} 件是退回待补"
    if watched:
        names = "、".join(sorted({duty.plan.name for duty in watched}))
        parts.append(f"下级有 {len(watched)} 件{names}，请督促")
    if brought:
        count = len({duty.organization_id for duty in brought.duties.values()})
        words = {_brought_word(duty) for duty in brought.duties.values()}
        word = words.pop() if len(words) == 1 else "未办"
        parts.append(f"有 {count} 个组织{word}，请督促")
    return "；".join(parts)


def _brought_word(duty: Duty) -> str:
    """How a duty stands that is brought before those above: 逾期未报, 锁定未报 or 退回逾期未补."""
    kind = fulfilment.of(duty.plan)
    if duty.state == DutyState.RETURNED:
        return "退回逾期未补"
    return locked_word(kind) if duty.is_locked(clock.now()) else f"逾期{kind.words.missing}"


def _lines_of(brought: Brought) -> list[str]:
    """A line for each plan and period: how many organisations, and which."""
    groups: dict[tuple[tuple[dt.date, int], str], list[str]] = defaultdict(list)
    for duty in brought.duties.values():
        label = f"{_brought_word(duty)}{duty.title_without_person}"
        names = groups[periods.order(duty.period), label]
        if str(duty.organization) not in names:
            names.append(str(duty.organization))
    return [
        f"{label}的组织 {len(names)} 个：{'、'.join(names[:NAMES_SHOWN])}"
        f"{' 等' if len(names) > NAMES_SHOWN else ''}"
        for (_, label), names in sorted(groups.items())
    ]


def _line(duty: Duty, today: dt.date) -> str:
    day = duty.next_due_on
    days, what = (day - today).days, "补齐" if duty.state == DutyState.RETURNED else "截止"
    if days > 0:
        when = f"{day:%-m月%-d日}前{what}" if what == "补齐" else f"{day:%-m月%-d日}{what}"
        when += f"，还有 {days} 天"
    elif days == 0:
        when = f"今天{what}"
    else:
        when = f"已过{'补齐的期限' if what == '补齐' else '截止日'} {-days} 天"
    word = "（退回待补）" if duty.state == DutyState.RETURNED else ""
    if duty.required_count > 1:
        word += f"（{duty.done_count}/{duty.required_count}）"
    return f"{duty.organization} {duty.title}{word}：{when}"


@action
def remind_missing(*, plan: Plan, node: Organization, period: str, by: Actor) -> int:
    """Reminds those who have not done what the plan asks for `period`, and only those; returns how
    many organisations were reminded now. Once a day for each, however often it is asked for."""
    # Two people reminding at once go one after the other: the second finds whom is left to tell.
    Organization.objects.select_for_update(of=("self",), no_key=True).filter(pk=node.pk).first()
    duties = list(
        missing_duties(plan, node, period).filter(state=DutyState.OPEN).exclude(organization=node)
    )
    people = senders_of(duties)
    act = fulfilment.of(plan).words.act
    messages = [
        notifications.Message(
            user_id=user_id,
            key=reminder_key(duty, user_id),
            title=f"请{act}{duty.title}（{duty.organization}）",
            body=f"{by.organization_name} {by.name}提醒：截止 {duty.due_on:%Y年%-m月%-d日}。",
            url=reverse("schedules:duty-open", args=[duty.pk]),
            about=f"duty:{duty.pk}",
        )
        for duty in duties
        for user_id in people.get(duty.pk, ())
    ]
    known = notifications.known_keys(message.key for message in messages)
    new = {message.about for message in messages if message.key not in known}
    reminded = {duty.organization_id for duty in duties if f"duty:{duty.pk}" in new}
    told = notifications.tell(messages)
    if not told:
        return 0
    audit.record(
        by=by,
        verb="schedules.report.remind",
        obj=node,
        label=f"{node} {periods.label(period)}{plan.name}",
        changes={"organizations": [None, len(reminded)], "new_messages": [None, told]},
    )
    return len(reminded)

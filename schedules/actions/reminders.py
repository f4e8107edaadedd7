"""Reminders: before, on and after the day, as one digest a person and day, silent once done."""

import datetime as dt
from collections import defaultdict

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from core import audit, clock, notifications, periods
from core.actions import action
from core.actor import Actor
from core.periods import WorkCalendar

from ..enums import DutyState
from ..models import Duty, Plan, ReminderMark
from ..queries.calendar import load
from ..queries.recipients import senders_of

# Working days before (negative) and after the deadline, with the stage they stand for. The last
# one passed counts; a stage missed while nobody was there is made up for by the next working day.
STAGES = ((-3, "T-3"), (-1, "T-1"), (0, "T"), (1, "T+1"), (3, "T+3"), (8, "T+8"), (15, "T+15"))
HORIZON = dt.timedelta(days=45)


def stage_of(duty: Duty, today: dt.date, calendar: WorkCalendar) -> str:
    """The latest stage that `duty` has reached on `today`; empty before the first."""
    reached = ""
    for offset, stage in STAGES:
        day = calendar.add_working_days(duty.due_on, offset) if offset else duty.due_on
        if day <= today:
            reached = stage
    return reached


def is_working_hour(moment: dt.datetime, calendar: WorkCalendar) -> bool:
    """Whether people may be reminded at `moment`: a working day, between the hours set."""
    local = timezone.localtime(moment)
    first, last = settings.REMINDER_HOURS
    return calendar.is_working(local.date()) and first <= local.hour < last


@action
def send_digests(*, by: Actor) -> int:
    """Tells each person once a day what is due or overdue; returns how many digests are new.

    Does nothing outside working hours. Run twice, or at the same time, it acts once: the digest
    is unique by person and day, each stage by duty and person.
    """
    now, today, calendar = clock.now(), clock.today(), load()
    if not is_working_hour(now, calendar):
        return 0
    # Two runs at the same moment go one after the other: the second finds nothing left to tell.
    list(Plan.objects.select_for_update().order_by("pk"))
    duties = [
        (duty, stage)
        for duty in Duty.objects.outstanding()
        .filter(
            Q(organization__abolished_on=None) | Q(organization__abolished_on__gt=today),
            due_on__gte=today - HORIZON,
            due_on__lte=today + dt.timedelta(days=10),
        )
        .select_related("plan", "organization")
        .order_by("due_on", "organization__path")
        if (stage := stage_of(duty, today, calendar))
    ]
    people = senders_of({duty.organization_id for duty, _ in duties})
    known = set(
        ReminderMark.objects.filter(duty__in=[duty.pk for duty, _ in duties]).values_list(
            "duty_id", "user_id", "stage"
        )
    )
    fresh: dict[int, list[tuple[Duty, str]]] = defaultdict(list)
    for duty, stage in duties:
        for user_id in people.get(duty.organization_id, ()):
            if (duty.pk, user_id, stage) not in known:
                fresh[user_id].append((duty, stage))
    told = notifications.tell(
        notifications.Message(
            user_id=user_id,
            key=f"digest:{today:%Y%m%d}:{user_id}",
            title=_title([duty for duty, _ in rows], today),
            body="\n".join(_line(duty, today) for duty, _ in rows),
            url=reverse("core:home"),
        )
        for user_id, rows in fresh.items()
    )
    ReminderMark.objects.bulk_create(
        [
            ReminderMark(duty=duty, user_id=user_id, stage=stage, sent_at=now)
            for user_id, rows in fresh.items()
            for duty, stage in rows
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    if told:
        audit.record(
            by=by,
            verb="schedules.reminder.digest",
            label=str(today),
            changes={"digests": [0, told]},
        )
    return told


def _title(duties: list[Duty], today: dt.date) -> str:
    overdue = sum(duty.due_on < today for duty in duties)
    if overdue:
        return f"有 {len(duties)} 件事待办，其中 {overdue} 件已过截止日"
    return f"有 {len(duties)} 件事快到截止日"


def _line(duty: Duty, today: dt.date) -> str:
    days = (duty.due_on - today).days
    if days > 0:
        when = f"{duty.due_on:%-m月%-d日}截止，还有 {days} 天"
    elif days == 0:
        when = "今天截止"
    else:
        when = f"已过截止日 {-days} 天"
    word = "（退回待补）" if duty.state == DutyState.RETURNED else ""
    return f"{duty.organization} {periods.label(duty.period)}{duty.plan.name}{word}：{when}"

"""When people are reminded: in working hours, at stages before and after the day."""

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.utils import timezone

from core.periods import WorkCalendar

from ..enums import DutyState
from ..models import Duty

# Working days before (negative) and after the deadline, with the stage they stand for. The last
# one passed counts; a stage missed while nobody was there is made up for by the next working day.
STAGES = ((-3, "T-3"), (-1, "T-1"), (0, "T"), (1, "T+1"), (3, "T+3"), (8, "T+8"), (15, "T+15"))

USUAL = tuple(stage for _, stage in STAGES)
# Of a case: the day on which it is first asked for, which may be months before it is due.
BEGUN = "B"


def stage_of(duty: Duty, today: dt.date, calendar: WorkCalendar) -> str:
    """The latest stage that `duty` has reached on `today`; empty before the first. Of what came
    back the stages are those of the day by which it is to be mended."""
    reached, due_on = "", duty.next_due_on
    wanted = duty.plan.steps or USUAL
    if BEGUN in wanted and duty.begins_on is not None and duty.begins_on <= today:
        reached = BEGUN
    reached = stage_by(due_on, today, calendar, wanted) or reached
    return stage_key(duty, reached) if reached else ""


def stage_by(
    due_on: dt.date, today: dt.date, calendar: WorkCalendar, wanted: Collection[str] = USUAL
) -> str:
    """The latest of the stages `wanted` that a day to be kept has reached on `today`; empty before
    the first."""
    reached = ""
    for offset, stage in STAGES:
        day = calendar.add_working_days(due_on, offset) if offset else due_on
        if day <= today and stage in wanted:
            reached = stage
    return reached


def stage_key(duty: Duty, stage: str) -> str:
    """How a stage is remembered: by the day that it is counted from where that is not the first,
    so that each return and each extension is reminded of anew."""
    is_first = duty.state != DutyState.RETURNED and duty.extended_from is None
    return stage if is_first else f"{duty.next_due_on:%y%m%d}{stage}"


def is_working_hour(moment: dt.datetime, calendar: WorkCalendar) -> bool:
    """Whether people may be reminded at `moment`: a working day, between the hours set."""
    local = timezone.localtime(moment)
    first, last = settings.REMINDER_HOURS
    return calendar.is_working(local.date()) and first <= local.hour < last

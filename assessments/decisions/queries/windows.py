"""Until when something can be held against a result."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Cycle
from core import clock
from core.periods import WorkCalendar
from schedules.rounds.queries.calendar import end_of

from ..rules import last_day_to_object


@dataclass(frozen=True, slots=True)
class Window:
    """The last day, and whether it is over."""

    last: dt.date
    is_open: bool


def window_of(cycle: Cycle, calendar: WorkCalendar) -> Window | None:
    """When objections to the cycle's results can be made; None before they are decided on. No
    query."""
    if cycle.state != CycleState.SEALED or cycle.sealed_at is None:
        return None
    last = last_day_to_object(timezone.localdate(cycle.sealed_at), calendar)
    return Window(last, clock.now() < end_of(last))

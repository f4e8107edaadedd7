"""Until when a self-assessment is asked for."""

import datetime as dt

from django.utils import timezone

from assessments.cycles.models import Cycle
from core.periods import WorkCalendar

WORKING_DAYS = 5  # after the facts were frozen, where the review does not begin before


def due_on(cycle: Cycle, calendar: WorkCalendar) -> dt.date | None:
    """The last day, for a cycle whose facts are frozen. No query."""
    if cycle.known_at is None:
        return None
    return calendar.add_working_days(timezone.localdate(cycle.known_at), WORKING_DAYS)

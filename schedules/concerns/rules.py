"""Time limits of concerns where their category says nothing else, and how long contacts are kept."""

import datetime as dt

from core.periods import WorkCalendar

from .enums import Urgency

URGENT_HOURS = 24
WORKING_DAYS = 5
KEPT_DAYS = 180  # after its end a concern keeps the resident's name and phone so long


def due_at(
    received_at: dt.datetime,
    urgency: str,
    calendar: WorkCalendar,
    *,
    hours: int = URGENT_HOURS,
    days: int = WORKING_DAYS,
) -> dt.datetime:
    """Until when it is to be answered: what is urgent within hours, by day and night; the rest at the
    same time of day, working days later."""
    if urgency == Urgency.URGENT:
        return received_at + dt.timedelta(hours=hours)
    day = calendar.add_working_days(received_at.date(), days)
    return dt.datetime.combine(day, received_at.timetz())

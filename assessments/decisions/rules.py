"""Days of objections. Pure; working days alone count."""

import datetime as dt

from core.periods import WorkCalendar

OBJECT_WORKING_DAYS = 5
ANSWER_WORKING_DAYS = 10


def last_day_to_object(sealed_on: dt.date, calendar: WorkCalendar) -> dt.date:
    """The last day on which something can be held against results decided on that day."""
    return calendar.add_working_days(sealed_on, OBJECT_WORKING_DAYS)


def last_day_to_answer(raised_on: dt.date, calendar: WorkCalendar) -> dt.date:
    """The last day on which an objection raised on that day is answered in time."""
    return calendar.add_working_days(raised_on, ANSWER_WORKING_DAYS)

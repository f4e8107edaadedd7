"""Days of an item: when a clock has run out, and by how much. Pure; working days alone count.
And what its number looks like."""

import datetime as dt
import re

from rapidfuzz import fuzz

from core.periods import WorkCalendar
from core.text import whole_number

RECEIPT_WORKING_DAYS = 2
LOOK_AFTER_DAYS = 60
LOOK_WITHIN_DAYS = 90
# What an owner writes about an overdue item keeps it from rising for so long.
ANSWER_HOLDS_WORKING_DAYS = 3
# A report waits so long before those who check are told once more, and then again.
CHECK_WITHIN_WORKING_DAYS = (2, 7)
ALIKE_WITHIN_MONTHS = 24
# From this likeness of their titles two items are offered as alike, whatever their category.
ALIKE_FROM = 60
LONGEST_LIST = 60
MOST_OWNERS = 200
MINUTES = 10  # to deal with one, until enough were written to tell
MANY = 10  # owners from which on it is weighed before it is given out
ANSWER_WITHIN_WORKING_DAYS = 10  # 意见建议


def overdue_line(today: dt.date, calendar: WorkCalendar) -> dt.date:
    """What was due before this day is overdue: the last working day up to `today`. So nothing that
    was due on a Friday is overdue on the Saturday."""
    day = today
    while not calendar.is_working(day):
        day -= dt.timedelta(days=1)
    return day


def days_late(due_on: dt.date | None, done_on: dt.date, calendar: WorkCalendar) -> int:
    """Full working days after the day until `done_on`; 0 without a day or in time."""
    if due_on is None or done_on <= due_on:
        return 0
    return calendar.working_days(due_on + dt.timedelta(days=1), done_on)


def after_waiting(
    due_on: dt.date | None, since: dt.date, until: dt.date, calendar: WorkCalendar
) -> tuple[dt.date | None, int]:
    """The owner's date after his clock stood from `since` to `until`, and for how many working
    days: the day on which it is taken up again counts for him."""
    days = calendar.working_days(since, until - dt.timedelta(days=1)) if until > since else 0
    return (calendar.add_working_days(due_on, days) if due_on and days else due_on), days


_MARKS = str.maketrans(dict.fromkeys("〔〕[]()（）【】年第号-—", " "))


def number_in(text: str) -> tuple[int, int]:
    """Year and number of 〔2026〕62号, 2026-62, 62号 or 62 (then no year); zeros for any other
    text."""
    numbers = [whole_number(part, digits=9) or 0 for part in text.translate(_MARKS).split()]
    if len(numbers) == 1:
        return 0, numbers[0]
    if len(numbers) == 2 and 2000 <= numbers[0] < 2100 and numbers[1]:
        return numbers[0], numbers[1]
    return 0, 0


def is_answered(
    due_on: dt.date, words_on: dt.date | None, today: dt.date, calendar: WorkCalendar
) -> bool:
    """Whether who is overdue has said where it stands: since the day, and so lately that it still
    holds. While it does nobody is reminded and nothing rises; afterwards it goes on where it was."""
    if words_on is None or words_on <= due_on:
        return False
    return days_late(words_on, today, calendar) <= ANSWER_HOLDS_WORKING_DAYS


_NOISE = re.compile(r"[\W\d_]+")


def likeness(one: str, other: str) -> int:
    """How alike two titles read, from 0 to 100, without numbers and punctuation. Of short Chinese
    texts it says little: it may suggest, and decides nothing."""
    first, second = _NOISE.sub("", one), _NOISE.sub("", other)
    if not first or not second:
        return 0
    inside = 0.9 * fuzz.partial_ratio(first, second)
    return round(max(fuzz.ratio(first, second), inside))

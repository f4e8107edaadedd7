"""How much is written, and when an organisation that was put right is looked at again. Pure."""

import datetime as dt

from core.errors import DomainError
from core.text import clean

MOST_MEASURES = 6
WORDS = 200  # characters of a fact or a reason
LEAST = 4
HALF, YEAR = 6, 12  # months after acceptance


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the month's last where it has no such day."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    for number in range(day.day, 27, -1):
        try:
            return dt.date(year, month, number)
        except ValueError:
            continue
    return dt.date(year, month, min(day.day, 28))


def look_due(accepted_on: dt.date, half_on: dt.date | None) -> dt.date:
    """The day from which the next look is due: at half a year, then at a year."""
    return months_after(accepted_on, HALF if half_on is None else YEAR)


def is_last(accepted_on: dt.date, today: dt.date) -> bool:
    """Whether the year is over, so that the look ends the case, also where that at half was missed."""
    return today >= months_after(accepted_on, YEAR)


def written(text: str, what: str, field: str) -> str:
    """What was typed, tidied. Raises DomainError for too little or too much."""
    text = clean(text)
    if not LEAST <= len(text) <= WORDS:
        raise DomainError(f"{what}写 {LEAST} 至 {WORDS} 字。", field=field)
    return text

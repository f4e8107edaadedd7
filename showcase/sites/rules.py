"""Limits of programmes, applications and cards, and the days that follow from a naming. Pure."""

import datetime as dt

from core.errors import DomainError
from core.text import clean

MOST_CRITERIA = 12
CRITERION = 60  # characters
MOST_YEARS = 5
USUAL_YEARS = 3
AHEAD = dt.timedelta(days=30)  # so long before its day a re-review is told
MOST_WARNING = 180  # days that a warning may run
BACKGROUND, PRACTICE, RESULT, PUBLIC = 600, 2000, 1000, 300
MOST_RECORDS = 20  # that one application cites


def criteria_of(text: str) -> list[str]:
    """The criteria as they were typed, one a line, without empty lines and numbers before them."""
    lines = (line.strip().lstrip("0123456789.、)） ").strip() for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def years_later(day: dt.date, years: int) -> dt.date:
    """The same day so many years later; of 29 February the last of that month."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def plaque(prefix: str, year: int, serial: int) -> str:
    """A number as it stands on a plaque: 开区示范〔2026〕03号."""
    return f"{prefix}〔{year}〕{serial:02d}号"


def checked_reason(text: str) -> str:
    """The reason, cleaned. Raises DomainError for one that says nothing."""
    text = clean(text)
    if not 4 <= len(text) <= 300:
        raise DomainError("请写明理由，4 至 300 字。", field="reason")
    return text

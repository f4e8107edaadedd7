"""Months, quarters, half-years and years, and working days. Pure: no database, no clock.

A period is a text that sorts within its kind: `2026-06`, `2026-Q2`, `2026-H1`, `2026`.
"""

import calendar
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MONTH = "month"
QUARTER = "quarter"
HALF_YEAR = "half_year"
YEAR = "year"
CADENCES = (MONTH, QUARTER, HALF_YEAR, YEAR)
_LENGTH = {MONTH: 1, QUARTER: 3, HALF_YEAR: 6, YEAR: 12}
_CADENCE = {length: cadence for cadence, length in _LENGTH.items()}
_PATTERN = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])|H([12])))?\Z", re.ASCII)


def _parse(period: str) -> tuple[int, int, int]:
    """Year, first month (1-12) and length in months. Raises ValueError."""
    match = _PATTERN.match(period)
    if not match:
        raise ValueError(f"not a period: {period!r}")
    year = int(match[1])
    if not 1900 <= year <= 2200:
        raise ValueError(f"not a period: {period!r}")
    if match[2]:
        if not 1 <= int(match[2]) <= 12:
            raise ValueError(f"not a period: {period!r}")
        return year, int(match[2]), 1
    if match[3]:
        return year, 3 * int(match[3]) - 2, 3
    if match[4]:
        return year, 6 * int(match[4]) - 5, 6
    return year, 1, 12


def _format(year: int, month: int, length: int) -> str:
    if length == 1:
        return f"{year:04d}-{month:02d}"
    if length == 3:
        return f"{year:04d}-Q{(month + 2) // 3}"
    if length == 6:
        return f"{year:04d}-H{1 if month <= 6 else 2}"
    return f"{year:04d}"


def is_period(text: str) -> bool:
    """Whether `text` names a period."""
    try:
        _parse(text)
    except ValueError:
        return False
    return True


def containing(day: dt.date, cadence: str) -> str:
    """The period of `cadence` that `day` lies in."""
    length = _LENGTH[cadence]
    month = (day.month - 1) // length * length + 1
    return _format(day.year, month, length)


def cadence_of(period: str) -> str:
    """Which kind of period it is: one of CADENCES. Raises ValueError when `period` is none."""
    return _CADENCE[_parse(period)[2]]


def order(period: str) -> tuple[dt.date, int]:
    """Sorts periods of different kinds: by their last day, the shorter first. The texts
    themselves sort only within one kind."""
    return last_day(period), _parse(period)[2]


def first_day(period: str) -> dt.date:
    """First day of the period. Raises ValueError when `period` is none."""
    year, month, _ = _parse(period)
    return dt.date(year, month, 1)


def last_day(period: str) -> dt.date:
    """Last day of the period. Raises ValueError when `period` is none."""
    year, month, length = _parse(period)
    month += length - 1
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def shift(period: str, steps: int) -> str:
    """The period `steps` later (or earlier, when negative) of the same kind."""
    year, month, length = _parse(period)
    index = year * 12 + month - 1 + steps * length
    return _format(index // 12, index % 12 + 1, length)


def ending(last: str, count: int) -> list[str]:
    """`count` periods of one kind that end with `last`, oldest first."""
    return [shift(last, -offset) for offset in range(count - 1, -1, -1)]


def of_year(year: int, cadence: str) -> list[str]:
    """The periods of `cadence` in the year, oldest first."""
    first = containing(dt.date(year, 1, 1), cadence)
    return [shift(first, step) for step in range(12 // _LENGTH[cadence])]


def within(period: str, cadence: str) -> list[str]:
    """The periods of a shorter cadence (or the same) that make up the period, oldest first. Raises
    ValueError for a longer one."""
    _, _, length = _parse(period)
    if _LENGTH[cadence] > length:
        raise ValueError(f"{period!r} has no {cadence} in it")
    first = containing(first_day(period), cadence)
    return [shift(first, step) for step in range(length // _LENGTH[cadence])]


def label(period: str) -> str:
    """The period as people write it: 2026年6月, 2026年第二季度, 2026年上半年, 2026年."""
    year, month, length = _parse(period)
    if length == 1:
        return f"{year}年{month}月"
    if length == 3:
        return f"{year}年第{'一二三四'[(month - 1) // 3]}季度"
    if length == 6:
        return f"{year}年{'上' if month == 1 else '下'}半年"
    return f"{year}年"


def short(period: str) -> str:
    """The period within its year: 6月, 二季度, 上半年; a year is 2026年."""
    year, month, length = _parse(period)
    if length == 1:
        return f"{month}月"
    if length == 3:
        return f"{'一二三四'[(month - 1) // 3]}季度"
    if length == 6:
        return "上半年" if month == 1 else "下半年"
    return f"{year}年"


def heads(span: Sequence[str]) -> list[tuple[str, str]]:
    """Periods side by side, as the heads of columns: the word of each, before it the year where a
    new one begins, else empty: ("2025", "四季度"), ("2026", "一季度"), ("", "二季度")."""
    found: list[tuple[str, str]] = []
    shown = ""
    for period in span:
        year, _, length = _parse(period)
        found.append(("" if length == 12 or str(year) == shown else str(year), short(period)))
        shown = str(year)
    return found


_WORDS = {
    MONTH: ("上月", "本月"),
    QUARTER: ("上季度", "本季度"),
    HALF_YEAR: ("上个半年", "本半年"),
    YEAR: ("上年", "本年"),
}


def previous_word(cadence: str) -> str:
    """What people call the period before one of `cadence`: 上月, 上季度, 上个半年, 上年."""
    return _WORDS[cadence][0]


def this_word(cadence: str) -> str:
    """What people call a period of `cadence` that they stand in: 本月, 本季度, 本半年, 本年."""
    return _WORDS[cadence][1]


@dataclass(frozen=True)
class WorkCalendar:
    """Working days: weekdays, but for the exceptions decreed by the State Council each year.

    `exceptions` maps a date to whether it is worked; `decreed` holds the years whose
    arrangement is known. For other years weekends alone count, and `is_decreed` says so.
    """

    exceptions: Mapping[dt.date, bool] = field(default_factory=dict)
    decreed: frozenset[int] = frozenset()

    def is_decreed(self, day: dt.date) -> bool:
        """Whether the arrangement of that day's year is known."""
        return day.year in self.decreed

    def is_working(self, day: dt.date) -> bool:
        """Whether people work on `day`."""
        return self.exceptions.get(day, day.weekday() < 5)

    def roll_forward(self, day: dt.date) -> dt.date:
        """`day`, or the next working day after it."""
        while not self.is_working(day):
            day += dt.timedelta(days=1)
        return day

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th working day after `day`; before it when negative."""
        step = dt.timedelta(days=1 if count >= 0 else -1)
        left = abs(count)
        while left:
            day += step
            if self.is_working(day):
                left -= 1
        return day

    def working_days(self, first: dt.date, last: dt.date) -> int:
        """How many working days lie in first..last, both included."""
        days = (last - first).days + 1
        return sum(self.is_working(first + dt.timedelta(days=offset)) for offset in range(days))

    def nth_of_month(self, period: str, day: int) -> dt.date:
        """The `day`-th of the month `period` (its last day when shorter), moved to a working day."""
        first = first_day(period)
        last = calendar.monthrange(first.year, first.month)[1]
        return self.roll_forward(first.replace(day=min(day, last)))

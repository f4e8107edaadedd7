"""Dates in every style that staff write them in their sheets."""

import calendar
import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from django.utils import timezone

from core.text import clean, to_half_width

EARLIEST = datetime.date(1900, 1, 1)
LATEST = datetime.date(2099, 12, 31)

_EPOCH_1900 = datetime.date(1899, 12, 30)
_EPOCH_1904 = datetime.date(1904, 1, 1)
# Serial numbers before 1910 are more likely a year, a count or a slip than a date.
_FIRST_SERIAL = (datetime.date(1910, 1, 1) - _EPOCH_1900).days

DAY = len("2026-07-06")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d:\d\d|Z)?)?")
_SEPARATED = re.compile(
    r"(\d{4})\s*[年./\-、,]\s*(\d{1,2})(?:\s*[月./\-、,]\s*(?:(\d{1,2})\s*[日号.]?)?)?"
    r"(?:[ T]\s*00?:00(?::00(?:\.0+)?)?)?"
)
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | {"。": ".", "·": ".", "﹒": "."})


Precision = Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date and how much of it was written: "month" means that its day stands for the month."""

    value: datetime.date
    precision: Precision = "day"

    @property
    def last_day(self) -> datetime.date:
        """The last day of what was written: of the month, or of the year."""
        if self.precision == "day":
            return self.value
        month = 12 if self.precision == "year" else self.value.month
        last = calendar.monthrange(self.value.year, month)[1]
        return self.value.replace(month=month, day=last)

    def agrees_with(self, day: datetime.date) -> bool:
        """Whether it may be that day, as far as it was written."""
        length = {"year": 1, "month": 2, "day": 3}[self.precision]
        return self.value.timetuple()[:length] == day.timetuple()[:length]


class AmbiguousDate(ValueError):
    """A value that may mean several dates, which are its `readings`; none when it is too short for
    any."""

    def __init__(self, *readings: ReadDate) -> None:
        super().__init__("ambiguous date")
        self.readings = readings


def in_words(day: datetime.date) -> str:
    """The day as pages write it: 2026年7月6日."""
    return f"{day.year}年{day.month}月{day.day}日"


def told(value: str) -> str:
    """What the trail or a preview holds, as pages write it: a day or moment of ISO 8601 in words,
    a moment in the portal's time zone; anything else as it is."""
    if not _ISO.fullmatch(value):
        return value
    try:
        moment = datetime.datetime.fromisoformat(value)
        if timezone.is_aware(moment):
            moment = timezone.localtime(moment)
    except (ValueError, OverflowError):  # no such day, or past the last one elsewhere
        return value
    day = in_words(moment)
    return day if len(value) == DAY else f"{day} {moment:%H:%M}"


def read_date(
    value: object,
    *,
    is_1904: bool = False,
    latest: datetime.date = LATEST,
) -> ReadDate:
    """The date a cell means; ValueError when it means none, or one outside 1900 to `latest`.

    Takes dates, datetimes, Excel serial numbers (`is_1904`: of a workbook counting from 1904),
    and text: 1999.07, 1999年7月, 199907, 1999/7/1, 1999-07-01, 19990701, 1999年7月1日, also with
    full-width digits, blanks, or a leading apostrophe. The number 1999.7 is July. Refused with
    `AmbiguousDate`: the number 1999.1, which may stand for January or for October, and five
    digits that may stand for a year and a month (20127) or were typed as text.
    """
    if isinstance(value, str):
        found = _from_text(value, is_1904)
    elif isinstance(value, datetime.datetime):
        found = ReadDate(value.date())
    elif isinstance(value, datetime.date):
        found = ReadDate(value)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a date")
    else:
        found = _from_number(float(value), is_1904)
    if not EARLIEST <= found.value <= latest:
        raise ValueError("date out of range")
    return found


@lru_cache(maxsize=8192)
def _from_text(value: str, is_1904: bool) -> ReadDate:
    text = to_half_width(clean(value)).translate(_DASHES).lstrip("'’‘`").strip()
    match = _SEPARATED.fullmatch(text) or _SOLID.fullmatch(text)
    if match:
        year, month, day = match.groups()
        if day is None:
            return ReadDate(datetime.date(int(year), int(month), 1), "month")
        return ReadDate(datetime.date(int(year), int(month), int(day)))
    match = _SERIAL.fullmatch(text)
    if match:  # no person writes a day as 41091, and 20127 was meant for a month
        raise AmbiguousDate(*_readings(int(match[1]), is_1904))
    raise ValueError("not a date")


def _readings(whole: int, is_1904: bool) -> tuple[ReadDate, ...]:
    """What five digits may mean: a year with a month of one digit, the day of a serial number."""
    year, month = divmod(whole, 10)
    found = [ReadDate(datetime.date(year, month, 1), "month")] if _is_year(year) and month else []
    if whole >= _FIRST_SERIAL:
        found.append(_of_serial(whole, is_1904))
    return tuple(found)


def _is_year(number: int) -> bool:
    return EARLIEST.year <= number <= LATEST.year


def _of_serial(whole: int, is_1904: bool) -> ReadDate:
    return ReadDate((_EPOCH_1904 if is_1904 else _EPOCH_1900) + datetime.timedelta(days=whole))


def _from_number(number: float, is_1904: bool) -> ReadDate:
    if not 0 < number < 100_000_000:  # also refuses NaN
        raise ValueError("not a date")
    whole = int(number)
    if number != whole and _is_year(whole):
        month = round((number - whole) * 100, 6)
        if month == 10:  # 1999.1 lost its zero, or never had one
            raise AmbiguousDate(
                *(ReadDate(datetime.date(whole, month, 1), "month") for month in (1, 10))
            )
        if month > 12:
            month /= 10  # 1999.7
        if month != int(month):
            raise ValueError("not a month")
        return ReadDate(datetime.date(whole, int(month), 1), "month")
    if whole >= 100_000:
        return _from_text(str(whole), is_1904)
    if whole < _FIRST_SERIAL:
        raise ValueError("not a date")
    if number == whole and _is_year(whole // 10) and whole % 10:
        raise AmbiguousDate(*_readings(whole, is_1904))
    return _of_serial(whole, is_1904)

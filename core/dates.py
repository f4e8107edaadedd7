"""Dates in every style that staff write them in their sheets."""

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from core.text import clean, to_half_width

EARLIEST = datetime.date(1900, 1, 1)
LATEST = datetime.date(2099, 12, 31)

_EPOCH_1900 = datetime.date(1899, 12, 30)
_EPOCH_1904 = datetime.date(1904, 1, 1)
# Serial numbers before 1910 are more likely a year, a count or a slip than a date.
_FIRST_SERIAL = (datetime.date(1910, 1, 1) - _EPOCH_1900).days

_SEPARATED = re.compile(
    r"(\d{4})\s*[年./\-、,]\s*(\d{1,2})(?:\s*[月./\-、,]\s*(?:(\d{1,2})\s*[日号.]?)?)?"
    r"(?:[ T]\s*00?:00(?::00(?:\.0+)?)?)?"
)
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | {"。": ".", "·": ".", "﹒": "."})


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date and how much of it was written: "month" means the first stands for the month."""

    value: datetime.date
    precision: Literal["day", "month"] = "day"


def read_date(
    value: object,
    *,
    is_1904: bool = False,
    latest: datetime.date = LATEST,
) -> ReadDate:
    """The date a cell means; ValueError when it means none, or one outside 1900 to `latest`.

    Takes dates, datetimes, Excel serial numbers (`is_1904`: of a workbook counting from 1904),
    and text: 1999.07, 1999年7月, 199907, 1999/7/1, 1999-07-01, 19990701, 1999年7月1日, also with
    full-width digits, blanks, or a leading apostrophe. The number 1999.1 is refused: it may
    stand for January or for October.
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
    if match:
        return _from_number(float(match[1]), is_1904)
    raise ValueError("not a date")


def _from_number(number: float, is_1904: bool) -> ReadDate:
    if not 0 < number < 100_000_000:  # also refuses NaN
        raise ValueError("not a date")
    whole = int(number)
    if number != whole and 1900 <= whole < 2100:
        month = round((number - whole) * 100, 6)
        if month != int(month) or month == 10:  # 1999.1 lost its zero, or never had one
            raise ValueError("ambiguous month")
        return ReadDate(datetime.date(whole, int(month), 1), "month")
    if whole >= 100_000:
        return _from_text(str(whole), is_1904)
    if whole < _FIRST_SERIAL:
        raise ValueError("not a date")
    return ReadDate((_EPOCH_1904 if is_1904 else _EPOCH_1900) + datetime.timedelta(days=whole))

"""Numbers of schemes and facts: read strictly, kept exactly, rounded once."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .refusals import Refused

Points = Fraction
"""Marks, exact: a third of 18 is 6, and two thirds of a point are two thirds until the total."""

_DECIMAL = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?", re.ASCII)
_SHARE = re.compile(r"(-?[0-9]{1,12})/([0-9]{1,12})", re.ASCII)
MOST_COUNT = 10**9
_MOST_PLACES = 12


def number(value: Any, where: str = "") -> Fraction:
    """An exact number from a text (`0.5`, `1/3`), a whole number or a Decimal. Raises Refused
    (`number`) for anything else, a float and a truth value among them: they are not exact."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, Decimal) and value.is_finite():
        value = f"{value:f}"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**12:
        return Fraction(value)
    if isinstance(value, str):
        if _DECIMAL.fullmatch(value):
            return Fraction(value)
        share = _SHARE.fullmatch(value)
        if share and int(share[2]):
            return Fraction(int(share[1]), int(share[2]))
    raise Refused("number", f"“{str(value)[:40]}”不是数", where)


def count(value: Any, where: str = "") -> int:
    """A whole number from 0 on. Raises Refused (`number`)."""
    found = number(value, where)
    if found.denominator != 1 or not 0 <= found <= MOST_COUNT:
        raise Refused("number", f"“{str(value)[:40]}”不是个数", where)
    return int(found)


def rounded(value: Fraction, places: int = 2) -> Decimal:
    """Half up to so many places, away from zero: what a total is rounded to, once."""
    scale = 10**places
    doubled = abs(value) * scale * 2
    whole = (doubled.numerator + doubled.denominator) // (2 * doubled.denominator)
    exact = Decimal(whole if value >= 0 else -whole)
    return exact.scaleb(-places)


def plain(value: Fraction) -> str:
    """The number as it is written: `2.5`, `12`, and `2/3` where no decimal says it."""
    # A decimal ends where the denominator has twos and fives alone: as many places as the more of them.
    left, twos, fives = value.denominator, 0, 0
    while left % 2 == 0:
        left, twos = left // 2, twos + 1
    while left % 5 == 0:
        left, fives = left // 5, fives + 1
    places = max(twos, fives)
    if left > 1 or places > _MOST_PLACES:
        return f"{value.numerator}/{value.denominator}"
    scaled = value.numerator * 10**places // value.denominator
    return f"{Decimal(scaled).scaleb(-places):f}"

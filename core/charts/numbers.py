"""Numbers on their way to a drawing: exact while they are worked with, short when they are read."""

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | float | Decimal | Fraction
Value: TypeAlias = Number | None

FINER = 3  # more digits for what is small and there
_LONG = 10_000
_HUNDRED_MILLION = 100_000_000


def exact(value: Value) -> Fraction | None:
    """The value as a fraction, so that no coordinate depends on the order of sums; None for what
    is no number (None, NaN, infinite)."""
    if value is None or (isinstance(value, float | Decimal) and not math.isfinite(value)):
        return None
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)


def place(value: Fraction) -> str:
    """A coordinate: at most one decimal, without a useless zero."""
    tenths = round(value * 10)
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def written(value: Value, digits: int = 2, *, fixed: bool = False) -> str:
    """A number as a table shows it: `1,234.5`, a true minus, `—` for none; `fixed` keeps zeros at
    its end, as scores do, which have their two digits and no more. Else what is there never reads as
    none: it gets up to `FINER` more digits where it would be rounded away."""
    number = exact(value)
    if number is None:
        return "—"
    if number and not (fixed and digits > 1) and not round(abs(number) * 10**digits):
        seen = (more for more in range(1, FINER + 1) if round(abs(number) * 10 ** (digits + more)))
        digits += next(seen, 0)
    scale = 10**digits
    units = round(abs(number) * scale)
    whole, rest = divmod(units, scale)
    text = f"{whole:,}"
    decimals = f"{rest:0{digits}d}" if digits else ""
    decimals = decimals if fixed else decimals.rstrip("0")
    sign = "−" if number < 0 and units else ""
    return f"{sign}{text}.{decimals}" if decimals else f"{sign}{text}"


def short(value: Value, digits: int = 2, *, fixed: bool = False) -> str:
    """The same as it stands in a drawing, where there is little room: `12.3万`, `4.5亿`."""
    number = exact(value)
    if number is None:
        return "—"
    for unit, word in ((_HUNDRED_MILLION, "亿"), (_LONG, "万")):
        if abs(number) >= unit:
            return f"{written(number / unit, 1)}{word}"
    return written(number, digits, fixed=fixed)


def ticks(low: Fraction, high: Fraction, wanted: int = 5) -> list[Fraction]:
    """Round numbers (1, 2 or 5 times a power of ten apart) from at or below `low` to at or above
    `high`; at least two."""
    if high <= low:
        low, high = min(low, Fraction(0)), max(high, Fraction(1))
        if high <= low:
            high = low + 1
    raw = (high - low) / wanted
    power = _power(raw)
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if power * factor >= raw)
    first, last = low // step, -(-high // step)
    return [step * number for number in range(int(first), int(last) + 1)]


def _power(raw: Fraction) -> Fraction:
    """The power of ten at or below a number, also one that no float holds."""
    if raw >= 1:
        return Fraction(10) ** (len(str(int(raw))) - 1)
    power = Fraction(1, 10 ** (len(str(int(1 / raw))) - 1))
    return power if power <= raw else power / 10


class Scale:
    """Numbers from `low` to `high` on units from `start` to `end`, which may run backwards."""

    def __init__(self, low: Fraction, high: Fraction, start: int, end: int) -> None:
        self.low, self.high = low, high
        self.start, self.end = start, end

    def __call__(self, value: Fraction) -> Fraction:
        if self.high == self.low:
            return Fraction(self.start)
        return self.start + (value - self.low) * (self.end - self.start) / (self.high - self.low)


def scale_over(
    values: Sequence[Fraction], start: int, end: int, *, zero: bool = False, wanted: int = 5
) -> tuple[Scale, list[Fraction]]:
    """A scale that holds all `values` (and zero, where a length means the number), and its ticks."""
    low = min(values, default=Fraction(0))
    high = max(values, default=Fraction(0))
    if zero:
        low, high = min(low, Fraction(0)), max(high, Fraction(0))
    elif low == high and low:
        low, high = low - abs(low) / 10, high + abs(high) / 10
    marks = ticks(low, high, wanted)
    return Scale(marks[0], marks[-1], start, end), marks

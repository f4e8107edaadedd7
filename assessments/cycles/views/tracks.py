"""Dots on a line within a row of a table, all rows on one axis. The figures stand beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.charts.numbers import Scale, place, scale_over, short

WIDE, EDGE = 200, 10
WANTED = 4  # spaces between the numbers of an axis


def signed(value: Decimal | None) -> str:
    """A change with its sign and a true minus; a dash for none."""
    if value is None:
        return "—"
    return f"+{value}" if value > 0 else f"−{-value}" if value < 0 else f"{abs(value)}"


@dataclass(frozen=True, slots=True)
class Tick:
    """A number of the axis, and where it stands."""

    x: str
    label: str


@dataclass(frozen=True, slots=True)
class Track:
    """One row: where the value stands, where it stood before, and the line between the two."""

    x: str
    before: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Axis:
    """From the lowest to the highest number of all rows; `reference` is what they are compared
    with, empty where nothing is or it lies outside."""

    scale: Scale
    ticks: Sequence[Tick]
    reference: str = ""

    def track(self, value: Decimal, before: Decimal | None = None) -> Track:
        """The row of a value."""
        spots = [self.scale(Fraction(one)) for one in (value, before) if one is not None]
        old = place(spots[1]) if before is not None else ""
        return Track(place(spots[0]), old, place(min(spots)), place(max(spots)))


def axis_over(values: Sequence[Decimal], reference: Decimal | Fraction | None = None) -> Axis:
    """The axis on which all of the values stand."""
    scale, marks = scale_over([Fraction(one) for one in values], EDGE, WIDE - EDGE, wanted=WANTED)
    ticks = [Tick(place(scale(one)), short(one)) for one in marks]
    is_inside = reference is not None and scale.low <= Fraction(reference) <= scale.high
    line = place(scale(Fraction(reference))) if is_inside and reference is not None else ""
    return Axis(scale, ticks, line)

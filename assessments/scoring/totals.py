"""From indicators to one total: sums, rescaling, components and their weights, bonus, rounding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .explaining import Step
from .numbers import plain, rounded
from .refusals import Refused

ZERO = Fraction(0)
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Marked:
    """An indicator with its full marks and its points; None where it is taken out."""

    name: str
    full: Fraction
    points: Fraction | None


def summed(marks: Sequence[Marked], full: Fraction | None = None) -> tuple[Fraction, list[Step]]:
    """The points of all, scaled up to the scheme's full marks where indicators are taken out:
    points ÷ full marks left × full marks of the scheme. Raises Refused (`full_marks`) when the
    indicators do not add up to `full`, `all_taken_out` when nothing is left."""
    whole = sum((one.full for one in marks), ZERO)
    if full is not None and whole != full:
        raise Refused("full_marks", f"各项满分合计 {plain(whole)}，不是 {plain(full)}")
    left = [one for one in marks if one.points is not None]
    total = sum((one.points or ZERO for one in left), ZERO)
    steps = [Step("sum", " + ".join(plain(one.points or ZERO) for one in left) or "0", total)]
    if len(left) < len(marks):
        rest = sum((one.full for one in left), ZERO)
        if not rest:
            raise Refused("all_taken_out", "各项都不适用，没有可以计分的")
        scaled = total / rest * whole
        steps.append(Step("rescaled", f"{plain(total)} ÷ {plain(rest)} × {plain(whole)}", scaled))
        total = scaled
    return total, steps


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a total: its score and its weight (1 where it counts whole)."""

    name: str
    score: Fraction
    weight: Fraction


def combined(parts: Sequence[Component]) -> tuple[Fraction, list[Step]]:
    """Σ score × weight. Parts of one whole have the weight 1 each; whether shares add up to 1 the
    scheme is asked before it is published."""
    total = sum((one.score * one.weight for one in parts), ZERO)
    formula = " + ".join(f"{plain(one.score)} × {plain(one.weight)}" for one in parts)
    return total, [Step("components", formula, total)]


def capped(points: Fraction, cap: Fraction | None) -> Fraction:
    """Points up to a cap, where there is one."""
    return points if cap is None else min(points, cap)


def mean_of(scores: Sequence[Fraction], sizes: Sequence[Fraction] | None = None) -> Fraction | None:
    """The mean of scores, weighted by sizes (such as members) where given; None of nothing: who was
    not scored is not a zero."""
    if not scores:
        return None
    if sizes is None:
        return sum(scores, ZERO) / len(scores)
    whole = sum(sizes, ZERO)
    if not whole:
        return None
    pairs = zip(scores, sizes, strict=True)
    return sum((score * size for score, size in pairs), ZERO) / whole


def spread_of(scores: Sequence[Fraction]) -> tuple[Fraction, Fraction] | None:
    """Lowest and highest; None of nothing."""
    return (min(scores), max(scores)) if scores else None


@dataclass(frozen=True, slots=True)
class Posting:
    """One booking of the year's account: what it is for and the points it brings."""

    kind: str
    points: Fraction


def year(
    mid_year: Fraction,
    second_half: Fraction,
    weight: Fraction,
    repairs: Sequence[Fraction] = (),
) -> tuple[Fraction, list[Posting]]:
    """The year as an account: mid-year × w, repair credits × w, second half × (1 − w). The sealed
    mid-year result stays as it is. Raises Refused (`weights`) for a weight outside 0 to 1."""
    if not 0 <= weight <= 1:
        raise Refused("weights", f"年中权重 {plain(weight)} 不在 0 到 1 之间")
    postings = [
        Posting("mid_year", mid_year * weight),
        Posting("credits", sum(repairs, ZERO) * weight),
        Posting("second_half", second_half * (ONE - weight)),
    ]
    return sum((one.points for one in postings), ZERO), postings


def percents(counts: Mapping[str, int] | Sequence[int], of: int, places: int = 1) -> list[str]:
    """Shares of `of` in percent, each rounded half up by itself: they need not add up to 100.
    Raises Refused (`number`) for shares of nothing."""
    if of <= 0:
        raise Refused("number", "没有可以分的总数", "of")
    values = counts.values() if isinstance(counts, Mapping) else counts
    return [f"{rounded(Fraction(count * 100, of), places):f}" for count in values]

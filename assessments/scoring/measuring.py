"""How far marks given by hand can be trusted: from items that two reviewers scored by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from .refusals import Refused

LEAST_PAIRS = 10
OF_95_PERCENT = Decimal("1.96")  # of a normal distribution
_DIGITS = 40


@dataclass(frozen=True, slots=True)
class MeasuringError:
    """`one_mark`: of one mark, as a share of full marks; `total`: of a total, in points;
    `interval_95`: how far from it the true total lies in 95 of 100 cases."""

    one_mark: Decimal
    total: Decimal
    interval_95: Decimal


def measuring_error(
    differences: Sequence[Fraction], items: Sequence[tuple[Fraction, int]]
) -> MeasuringError:
    """s = √(Σd² ÷ 2n) of one mark, e = √(Σ (full × s)² ÷ k) of a total over the items scored by
    hand, given as (full marks, reviewers averaged). Raises Refused (`too_few`) below ten pairs."""
    if len(differences) < LEAST_PAIRS:
        raise Refused("too_few", f"两人分别打分的只有 {len(differences)} 项，不足 {LEAST_PAIRS} 项")
    variance = sum((one * one for one in differences), Fraction(0)) / (2 * len(differences))
    whole = Fraction(0)
    for full, reviewers in items:
        if reviewers < 1:
            raise Refused("number", "打分的人数从 1 起", "items")
        whole += full * full * variance / reviewers
    return MeasuringError(_root(variance), _root(whole), _root(whole) * OF_95_PERCENT)


def standing(total: Fraction, mean: Fraction, error: MeasuringError) -> int:
    """1 when the total lies clearly above the mean of its group, −1 clearly below, 0 when the two
    cannot be told apart."""
    distance = total - mean
    if abs(distance) <= Fraction(error.interval_95):
        return 0
    return 1 if distance > 0 else -1


def _root(value: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return (Decimal(value.numerator) / Decimal(value.denominator)).sqrt()

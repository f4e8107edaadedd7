"""Natural process limits of a line of figures (XmR chart: mean ± 2.66 × mean moving range), between which
it moves by itself, and the signals that say otherwise. Whoever draws or judges a line takes both from
here, so that a change is told only where it is one. Pure.

The three rules are those of D. J. Wheeler, Understanding Variation (1993): a value beyond a limit, a run
of eight on one side of the mean, three of four running values nearer to a limit than to the mean. A signal
says that something is different, not what, and not that anybody did better or worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from statprocon import XmR

MONTHS = 12  # months of a figure, of which fewer draw no limits
HALVES = 8  # half-years, four years
Value = Fraction | float | int


class Rule(StrEnum):
    """By which rule a value is a signal; the first that applies."""

    BEYOND = "beyond"
    RUN = "run"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Natural:
    """Between `lower` and `upper` a line moves by itself, about its `mean`."""

    lower: Fraction
    mean: Fraction
    upper: Fraction

    def holds(self, value: Value) -> bool:
        """Whether the value lies within."""
        return self.lower <= value <= self.upper


def natural_limits(
    values: Sequence[Value],
    *,
    least: int,
    low: Value | None = None,
    high: Value | None = None,
    places: int = 2,
) -> Natural | None:
    """The limits of a line, to so many decimal places and never beyond `low` and `high`, which the
    figure cannot pass (a share: 0 and 100); None of fewer than `least` values: limits of a short past
    say more than it knows."""
    if len(values) < max(least, 2):
        return None
    chart = XmR([float(one) for one in values])
    lower, mean, upper = (
        Fraction(str(round(float(one[-1]), places)))
        for one in (
            chart.lower_natural_process_limit(),
            chart.x_central_line(),
            chart.upper_natural_process_limit(),
        )
    )
    if low is not None:
        lower = max(lower, Fraction(str(low)))
    if high is not None:
        upper = min(upper, Fraction(str(high)))
    return Natural(lower, mean, upper)


def signals(values: Sequence[Value], *, least: int, base: int | None = None) -> list[Rule | None]:
    """Of each value whether it is a signal, and by which rule; none of a line too short for limits.
    These are drawn from the first `base` values alone, if it is given: from how it was before
    something began."""
    if (len(values) if base is None else base) < max(least, 2):
        return [None] * len(values)
    chart = XmR([float(one) for one in values], subset_end_index=base)
    marked = zip(
        chart.rule_1_x_indices_beyond_limits(),
        chart.rule_2_runs_about_central_line(),
        chart.rule_3_runs_near_limits(),
        strict=True,
    )
    return [
        Rule.BEYOND if beyond else Rule.RUN if run else Rule.NEAR if near else None
        for beyond, run, near in marked
    ]

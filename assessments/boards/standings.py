"""What a board reckons of scores that are laid beside each other: how they spread, and the limits of a
line. Pure."""

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from statprocon import XmR

from assessments.cycles.places import DIGITS
from assessments.scoring.totals import mean_of

LEAST_POINTS = 8  # half-years: four years, of which fewer draw no limits


def deviation_of(shares: Sequence[Fraction]) -> Fraction | None:
    """The standard deviation of all of a group (not of a sample of it); None of nothing."""
    mean = mean_of(shares)
    if mean is None:
        return None
    variance = sum(((one - mean) ** 2 for one in shares), Fraction(0)) / len(shares)
    return Fraction(Decimal(str(round(math.sqrt(variance), DIGITS))))


# --- a line over time ----------------------------------------------------------------------------


def natural_limits(values: Sequence[Fraction]) -> tuple[Fraction, Fraction, Fraction] | None:
    """Lower limit, mean and upper limit (mean ± 2.66 × mean moving range) between which a line moves
    by itself; None of fewer than `LEAST_POINTS`: limits of a short past say more than it knows."""
    if len(values) < LEAST_POINTS:
        return None
    chart = XmR([float(one) for one in values])
    found = (
        chart.lower_natural_process_limit()[-1],
        chart.x_central_line()[-1],
        chart.upper_natural_process_limit()[-1],
    )
    lower, mean, upper = (Fraction(str(round(float(one), 2))) for one in found)
    return lower, mean, upper

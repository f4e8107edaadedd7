"""What a board reckons of scores that are laid beside each other: how they spread. Pure."""

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from assessments.cycles.places import DIGITS
from assessments.scoring.totals import mean_of


def deviation_of(shares: Sequence[Fraction]) -> Fraction | None:
    """The standard deviation of all of a group (not of a sample of it); None of nothing."""
    mean = mean_of(shares)
    if mean is None:
        return None
    variance = sum(((one - mean) ** 2 for one in shares), Fraction(0)) / len(shares)
    return Fraction(Decimal(str(round(math.sqrt(variance), DIGITS))))

"""What a board reckons of scores that are laid beside each other: intervals, places of a grade, how
sure the last place is, limits of a line. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from statprocon import XmR

from assessments.cycles.standings import Rules
from assessments.scoring import grading, measuring
from assessments.scoring.refusals import Refused
from assessments.scoring.totals import mean_of

HUNDRED = 100
DIGITS = 6  # of square roots: more than is ever shown
LEAST_POINTS = 8  # half-years: four years, of which fewer draw no limits


def error_of(
    differences: Sequence[Fraction], by_hand: Sequence[tuple[Fraction, int]], full: Fraction
) -> Fraction | None:
    """The measuring error of one total (one standard deviation), in hundredths of its full marks;
    None where too few pairs were marked to know it."""
    items = [(marks / full * HUNDRED, seats) for marks, seats in by_hand]
    try:
        return Fraction(measuring.measuring_error(differences, items).total)
    except Refused:
        return None


def reach_of(error: Fraction | None) -> Fraction | None:
    """How far from a total the true one lies in 95 of 100 cases."""
    return None if error is None else error * Fraction(measuring.OF_95_PERCENT)


def deviation_of(shares: Sequence[Fraction]) -> Fraction | None:
    """The standard deviation of all of a group (not of a sample of it); None of nothing."""
    mean = mean_of(shares)
    if mean is None:
        return None
    variance = sum(((one - mean) ** 2 for one in shares), Fraction(0)) / len(shares)
    return Fraction(Decimal(str(round(math.sqrt(variance), DIGITS))))


# --- places of a grade ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taker:
    """One who takes part in the places of a grade. `graded` is its grade after vetoes alone."""

    pk: int
    share: Fraction  # in hundredths
    grade: str
    graded: str
    error: Fraction | None = None
    points: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """How the places of one group come about: its exact share, the whole part of it, and whether it
    got one more by largest remainder."""

    count: int
    exact: Fraction
    whole: int
    places: int

    @property
    def is_raised(self) -> bool:
        """Whether a remainder brought it one more."""
        return self.places > self.whole


def part_of(rules: Rules, count: int, places: int) -> Part:
    """The arithmetic of a group of so many that was given so many places."""
    exact = rules.quota_share * count
    return Part(count, exact, exact.numerator // exact.denominator, places)


@dataclass(frozen=True, slots=True)
class Last:
    """The last place of a grade: the last who have it, the first who do not, what lies between.

    `reach` is what the distance would have to be more than to be told from chance. `tie`: the two
    were equal, and the indicator of that name decided; `is_open`: equals were left, none of whom
    got the place.
    """

    inside: Sequence[int]
    outside: Sequence[int]
    distance: Fraction
    reach: Fraction | None
    tie: str = ""
    is_open: bool = False

    @property
    def is_within_error(self) -> bool:
        """Whether the place was decided by less than the measuring error."""
        return self.reach is not None and self.distance < self.reach


def last_place(
    takers: Sequence[Taker], names: Sequence[str], rules: Rules, places: int
) -> Last | None:
    """How the last place of a group was decided; None where the quota kept nobody out, or let nobody
    in. `names` are the grades, best first.

    The rule for “by less than the measuring error”: each total has an error e of its own
    (`measuring.measuring_error`); two totals are marked independently of each other, so their
    difference has the error √(e₁² + e₂²), and lies within 1.96 times that in 95 of 100 cases where
    the two are truly equal. A distance below it does not tell them apart. Errors of counted
    indicators are nothing, so that two totals of equal hand marks differ by 1.96·√2·e.
    """
    if rules.quota_grade not in names:
        return None
    at = names.index(rules.quota_grade)
    allowed = names[: at + 1] if rules.quota_kind == "upper" else names[:at]
    wanting = [one for one in takers if one.graded in allowed]
    inside = [one for one in wanting if one.grade in allowed]
    outside = [one for one in wanting if one.grade not in allowed]
    if not inside or not outside:
        return None

    def key(one: Taker) -> tuple[Fraction, ...]:
        return (one.share, *(one.points.get(name, Fraction(0)) for name in rules.tie_break))

    last, first = min(map(key, inside)), max(map(key, outside))
    lasts = [one for one in inside if key(one) == last]
    firsts = [one for one in outside if key(one) == first]
    tie = ""
    if last[0] == first[0]:
        tie = next(
            (
                name
                for name, one, other in zip(rules.tie_break, last[1:], first[1:], strict=True)
                if one != other
            ),
            "",
        )
    room = places if rules.quota_kind == "upper" else len(takers) - places
    return Last(
        [one.pk for one in lasts],
        [one.pk for one in firsts],
        last[0] - first[0],
        _reach_between(lasts[0].error, firsts[0].error),
        tie,
        is_open=len(inside) < room and len(firsts) > 1,
    )


def _reach_between(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    if one is None or other is None:
        return None
    together = Decimal(str(round(math.sqrt(one**2 + other**2), DIGITS)))
    return Fraction(together * measuring.OF_95_PERCENT)


def after_vetoes(band: str, limits: Sequence[str], bands: Sequence[grading.Band]) -> str:
    """The grade that vetoes leave of a band, before any quota."""
    grade = band
    for limit in limits:
        grade = grading.limited(grade, limit, bands)
    return grade


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

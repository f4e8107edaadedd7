"""The places of a grade as arithmetic: what a group's share is, who took the last place and how sure
that is, and what of a grade is a veto's or the quota's doing. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.scoring import grading, measuring
from assessments.scoring.numbers import number
from assessments.scoring.refusals import Refused

from .standings import HUNDRED, Rules

DIGITS = 6  # of square roots: more than is ever shown


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


def errors_of(
    ones: Iterable[tuple[int, Fraction, Mapping[str, Any]]], differences: Sequence[Fraction]
) -> dict[int, Fraction | None]:
    """The measuring error of each total, from its key, its full marks, and what `compared_of` says of
    it. It follows from what was marked by hand and by how many alone, so it is reckoned once for all
    of whom that is the same."""
    known: dict[Any, Fraction | None] = {}
    found: dict[int, Fraction | None] = {}
    for pk, full, compared in ones:
        by_hand = tuple((number(marks), seats) for marks, seats in compared["by_hand"])
        if (full, by_hand) not in known:
            known[full, by_hand] = error_of(differences, by_hand, full)
        found[pk] = known[full, by_hand]
    return found


def reach_of(error: Fraction | None) -> Fraction | None:
    """How far from a total the true one lies in 95 of 100 cases."""
    return None if error is None else error * Fraction(measuring.OF_95_PERCENT)


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
    def remainder(self) -> Fraction:
        """What is left of the exact share."""
        return self.exact - self.whole

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
    """The last place of a grade: the last who have it (none: nobody has), the first who do not, what
    lies between.

    `reach` is what the distance would have to be more than to be told from chance. `tie`: the two
    were equal, and the indicator of that key decided; `is_open`: equals were left for whom there
    was not room for all, none of whom got the place.
    """

    inside: Sequence[int]
    outside: Sequence[int]
    distance: Fraction | None
    reach: Fraction | None
    tie: str = ""
    is_open: bool = False

    @property
    def is_within_error(self) -> bool:
        """Whether the place was decided by less than the measuring error."""
        if self.reach is None or self.distance is None:
            return False
        return self.distance < self.reach


def last_place(
    takers: Sequence[Taker], names: Sequence[str], rules: Rules, places: int
) -> Last | None:
    """How the last place of a group was decided; None where the quota kept nobody out. `names` are
    the grades, best first.

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
    if not outside:
        return None

    def key(one: Taker) -> tuple[Fraction, ...]:
        return (one.share, *(one.points.get(name, Fraction(0)) for name in rules.tie_break))

    first = max(map(key, outside))
    firsts = [one for one in outside if key(one) == first]
    room = places if rules.quota_kind == "upper" else len(takers) - places
    is_open = len(inside) < room and len(firsts) > 1
    if not inside:
        return Last([], [one.pk for one in firsts], None, None, is_open=is_open)
    last = min(map(key, inside))
    lasts = [one for one in inside if key(one) == last]
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
    return Last(
        [one.pk for one in lasts],
        [one.pk for one in firsts],
        last[0] - first[0],
        _reach_between(lasts[0].error, firsts[0].error),
        tie,
        is_open,
    )


def _reach_between(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    if one is None or other is None:
        return None
    together = Decimal(str(round(math.sqrt(one**2 + other**2), DIGITS)))
    return Fraction(together * measuring.OF_95_PERCENT)


# --- what a grade comes from ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a grade is another than that of the points."""

    by_veto: bool
    by_quota: bool


def after_vetoes(band: str, limits: Sequence[str], bands: Sequence[grading.Band]) -> str:
    """The grade that vetoes leave of a band, before any quota."""
    grade = band
    for limit in limits:
        grade = grading.limited(grade, limit, bands)
    return grade


def cause_of(band: str, graded: str, grade: str) -> Cause:
    """From the grade by points alone, after vetoes, and in the end; of one without a grade
    nothing."""
    return Cause(bool(grade) and graded != band, bool(grade) and grade != graded)

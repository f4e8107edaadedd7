"""Results laid beside those that other rules would have given. Pure: no row, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from assessments.scoring.grading import Band, ordered
from assessments.scoring.numbers import rounded
from assessments.scoring.refusals import Refused

PERCENT = 100
MOST_CAUSES = 3  # indicators named as what moved a total most


@dataclass(frozen=True, slots=True)
class Result:
    """What one organisation has by one set of rules. `points`: by indicator, None where it is out."""

    total: Decimal | None
    full: Fraction
    grade: str = ""
    rank: int | None = None
    points: Mapping[str, Fraction | None] = field(default_factory=dict)

    @property
    def rate(self) -> Decimal | None:
        """Of full marks, in hundredths: what is compared where these differ."""
        if self.total is None or not self.full:
            return None
        return rounded(Fraction(self.total) / self.full * PERCENT)


@dataclass(frozen=True, slots=True)
class Subject:
    """One organisation with both results, and in which group it is ranked."""

    pk: int
    name: str
    now: Result
    draft: Result
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One organisation compared. `direction`: the grade rises (1), falls (-1), or is another that
    the draft's bands do not order (0). `causes`: indicators that moved the total most, with by how
    much; those that only one of the two has count with all that they bring."""

    subject: Subject
    now: Decimal | None
    draft: Decimal | None
    change: Decimal | None
    is_regraded: bool
    direction: int
    is_moved: bool
    causes: Sequence[tuple[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of them, in the order in which they were given. `is_by_rate`: full marks differ, so that
    what is compared is hundredths of them."""

    rows: Sequence[Row]
    is_by_rate: bool
    mean: Decimal | None  # of the changes

    @property
    def regraded(self) -> list[Row]:
        """Those whose grade would be another."""
        return [row for row in self.rows if row.is_regraded]

    @property
    def moved(self) -> list[Row]:
        """Those whose rank in the group would be another."""
        return [row for row in self.rows if row.is_moved]


def compared(subjects: Sequence[Subject], bands: Sequence[Band] = ()) -> Comparison:
    """The results beside each other; `bands` order the grades, best first."""
    fulls = {one.now.full for one in subjects} | {one.draft.full for one in subjects}
    is_by_rate = len(fulls) > 1
    places = _places(bands)
    rows = [_row(one, is_by_rate, places) for one in subjects]
    changes = [Fraction(row.change) for row in rows if row.change is not None]
    mean = rounded(sum(changes, Fraction(0)) / len(changes)) if changes else None
    return Comparison(rows, is_by_rate, mean)


def _places(bands: Sequence[Band]) -> dict[str, int]:
    try:
        return {band.grade: place for place, band in enumerate(ordered(bands))} if bands else {}
    except Refused:
        return {}


def _row(one: Subject, is_by_rate: bool, places: Mapping[str, int]) -> Row:
    now = one.now.rate if is_by_rate else one.now.total
    draft = one.draft.rate if is_by_rate else one.draft.total
    change = None if now is None or draft is None else draft - now
    is_regraded = bool(one.now.grade and one.draft.grade) and one.now.grade != one.draft.grade
    direction = 0
    if is_regraded and one.now.grade in places and one.draft.grade in places:
        direction = 1 if places[one.draft.grade] < places[one.now.grade] else -1
    is_moved = None not in (one.now.rank, one.draft.rank) and one.now.rank != one.draft.rank
    return Row(one, now, draft, change, is_regraded, direction, is_moved, _causes(one))


def _causes(one: Subject) -> list[tuple[str, Decimal]]:
    if one.now.total is None or one.draft.total is None:
        return []
    moved = []
    for key in dict.fromkeys([*one.draft.points, *one.now.points]):
        before, after = one.now.points.get(key), one.draft.points.get(key)
        if change := rounded((after or Fraction(0)) - (before or Fraction(0))):
            moved.append((key, change))
    moved.sort(key=lambda pair: (-abs(pair[1]), pair[0]))
    return moved[:MOST_CAUSES]

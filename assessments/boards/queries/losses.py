"""Where points were lost: organisation by indicator, printed so that rows and columns add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assessments.cycles.explaining.amounts import apportioned, exact
from assessments.cycles.models import Cycle, Score
from assessments.schemes.definitions import Leaf, leaves
from assessments.scoring.numbers import number, rounded
from assessments.scoring.schemes import Scheme

from .boards import Stored, stored_of

ZERO = Fraction(0)
WEAKEST = 3
WAITING, EXEMPT = "waiting", "exempt"


@dataclass(frozen=True, slots=True)
class LossCell:
    """What one lost at an indicator, as printed (less than nothing where it brought more than full
    marks), and as a share of its full marks. `state`: `waiting` or `exempt` where no number stands
    for itself. `number` is its place in the explanation of the score."""

    lost: Decimal | None
    share: Fraction
    number: int
    state: str = ""


@dataclass(frozen=True, slots=True)
class LossRow:
    """One organisation: its cells by indicator (none where its scheme has none), and the equation
    full − lost + scaled + bonus = total, as printed. `total` is None while something is waiting."""

    score: Score
    cells: Mapping[str, LossCell]
    full: Decimal
    lost: Decimal
    scaled: Decimal  # what taking indicators out, and multiplying the rest, has brought
    bonus: Decimal
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class LossColumn:
    """One indicator: what all lost at it as printed, and of how much, by how many."""

    key: str
    name: str
    group: str
    lost: Decimal
    share: Fraction  # of the full marks of all who have it, exact
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Losses:
    """All of it. The sum of `lost` over rows is that over columns."""

    rows: Sequence[LossRow]
    columns: Sequence[LossColumn]

    @property
    def lost(self) -> Decimal:
        """What all have lost at all."""
        return sum((row.lost for row in self.rows), Decimal(0))

    @property
    def weakest(self) -> list[LossColumn]:
        """The indicators that lost the greatest share of their full marks, the worst first."""
        some = [one for one in self.columns if one.share > 0]
        return sorted(some, key=lambda one: (-one.share, one.key))[:WEAKEST]

    @property
    def is_scaled(self) -> bool:
        """Whether anybody's points were multiplied because an indicator was taken out."""
        return any(row.scaled for row in self.rows)

    @property
    def has_bonus(self) -> bool:
        """Whether anybody had one."""
        return any(row.bonus for row in self.rows)


def losses_of(stored: Stored) -> Losses:
    """The losses of a run that was read. Numbers are those of the pages of the scores: each total is
    rounded once, and of its parts the last place of as few as possible is moved so that they add up.
    No query."""
    heads: dict[str, Leaf] = {}
    numbers: dict[int, dict[str, int]] = {}
    for pk, content in stored.contents.items():
        found = leaves(content)
        numbers[pk] = {leaf.key: place for place, leaf in enumerate(found, start=1)}
        for leaf in found:
            heads.setdefault(leaf.key, leaf)
    rows, sums = [], {key: _Sum() for key in heads}
    for score in stored.scores:
        version = score.assessed.version_id
        row, points = _row(score, stored.schemes[version], numbers[version])
        rows.append(row)
        for one in stored.schemes[version].indicators:
            if (got := points.get(one.key)) is not None:
                sums[one.key].add(one.full, got, row.cells[one.key].lost or Decimal(0))
    columns = [
        LossColumn(
            key,
            leaf.name,
            leaf.above[0] if leaf.above else "",
            sums[key].printed,
            sums[key].lost / sums[key].full if sums[key].full else ZERO,
            sums[key].count,
            sums[key].of,
        )
        for key, leaf in heads.items()
    ]
    return Losses(rows, columns)


class _Sum:
    """What a column comes to."""

    def __init__(self) -> None:
        self.full = self.lost = ZERO
        self.printed = Decimal(0)
        self.count = self.of = 0

    def add(self, full: Fraction, points: Fraction, printed: Decimal) -> None:
        self.full += full
        self.lost += full - points
        self.printed += printed
        self.count += points < full
        self.of += 1


def _row(
    score: Score, scheme: Scheme, numbers: Mapping[str, int]
) -> tuple[LossRow, dict[str, Fraction]]:
    points = {key: number(value) for key, value in score.compared["points"].items()}
    known = [one for one in scheme.indicators if one.key in points]
    waiting = set(score.waiting)
    out = sum(
        (one.full for one in scheme.indicators if one.key not in points and one.key not in waiting),
        ZERO,
    )
    lost = [max(one.full - points[one.key], ZERO) for one in known]
    over = [max(points[one.key] - one.full, ZERO) for one in known]
    is_whole, places = score.total is not None, scheme.places
    got = sum(points.values(), ZERO)
    bonus, after = ZERO, got
    if is_whole:
        steps = {one["kind"]: one for one in score.steps or ()}  # type: ignore[attr-defined]
        after = exact(steps["rescaled"]["value"]) if "rescaled" in steps else got
        bonus = exact(steps["bonus"]["value"]) - after if "bonus" in steps else ZERO
    else:
        out = ZERO
    full = scheme.root.full if is_whole else sum((one.full for one in known), ZERO)
    # The terms of the equation on the page of the score, apportioned as they are there.
    stands = rounded(Fraction(score.total or 0) if is_whole else got, places)
    full_shown = rounded(full, places)
    terms = [-sum(lost, ZERO), sum(over, ZERO), -out, after - got, bonus]
    shown = apportioned(terms, stands - full_shown, places)
    minus = apportioned(lost, -shown[0], places)
    plus = apportioned(over, shown[1], places)
    exempt = score.exempt or {}  # type: ignore[attr-defined]
    cells: dict[str, LossCell] = {}
    for one, down, up in zip(known, minus, plus, strict=True):
        share = (one.full - points[one.key]) / one.full if one.full else ZERO
        state = EXEMPT if one.key in exempt else ""
        cells[one.key] = LossCell(down - up, share, numbers[one.key], state)
    for one in scheme.indicators:
        if one.key not in cells:
            state = WAITING if one.key in waiting else EXEMPT
            cells[one.key] = LossCell(None, ZERO, numbers[one.key], state)
    row = LossRow(
        score,
        cells,
        full_shown,
        -shown[0] - shown[1],
        shown[2] + shown[3],
        shown[4],
        stands if is_whole else None,
    )
    return row, points


def lost_heads(cycle: Cycle) -> list[tuple[LossColumn, tuple[str, ...]]]:
    """The indicators of a cycle at which points were lost, the worst first, each with the keys of the
    figures that its rules read; none while it runs. For whoever makes something of them, such as the
    next theme. The caller sees to it that it is told only to who may see the cycle's board. Two
    queries."""
    if not cycle.run_id or cycle.known_at is None:
        return []
    stored = stored_of(cycle)
    read: dict[str, dict[str, None]] = {}
    for content in stored.contents.values():
        for leaf in leaves(content):
            keys = (key for source in leaf.sources for key in source.figures)
            read.setdefault(leaf.key, {}).update(dict.fromkeys(keys))
    some = [one for one in losses_of(stored).columns if one.share > 0]
    return [
        (one, tuple(read.get(one.key, ())))
        for one in sorted(some, key=lambda one: (-one.share, one.key))
    ]

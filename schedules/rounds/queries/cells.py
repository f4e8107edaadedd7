"""One cell of a grid: organisation × period, as its figures or its own duty make it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.shares import percent

from ..enums import Absence, Mark
from ..models import DutyStanding, Plan, Rollup
from ..models.vocabulary import Counted
from .rollups import FIGURES

# The least share on time, in per cent, of each class of a heat grid but the last, best first.
CLASSES = (100, 95, 85, 70)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows. `figures` are None where nothing was owed; `single` is the one duty that
    a cell stands for, with its duty read."""

    period: str
    mark: Mark = Mark.NONE
    figures: Rollup | None = None
    single: DutyStanding | None = None
    absence: Absence = Absence.NOT_OWED

    @property
    def as_of(self) -> dt.datetime | None:
        """The moment that the figures are as of."""
        return self.figures.as_of if self.figures else None


def mark_of(figures: Rollup) -> Mark:
    """What stands out among the duties counted: overdue before returned, before late."""
    if figures.missing:
        return Mark.MISSING
    if figures.returned:
        return Mark.RETURNED
    if figures.locked:
        return Mark.LOCKED
    if figures.pending:
        return Mark.NOT_DUE
    if figures.late:
        return Mark.LATE
    return Mark.ACCEPTED if figures.accepted == figures.expected else Mark.WAITING


def cell_of(
    period: str,
    figures: Rollup | None,
    *,
    single: DutyStanding | None = None,
    absence: Absence = Absence.NOT_OWED,
) -> Cell:
    """The cell of one organisation and period."""
    if figures is None:
        return Cell(period, absence=absence)
    return Cell(period, mark_of(figures), figures, single)


def summed(
    standings: Sequence[DutyStanding], period: str, as_of: dt.datetime | None = None
) -> Rollup:
    """The figures of some standings of one period, not saved: of an organisation's own duties."""
    counts = dict.fromkeys(FIGURES, 0)
    for one in standings:
        for name in one.counts_as:
            if name in counts:
                counts[name] += 1
    unsent = [one.due_at for one in standings if Counted.UNSENT in one.counts_as]
    return Rollup(
        period=period,
        as_of=as_of or max(one.since for one in standings),
        missing_due_at=min(unsent, default=None),
        **counts,
    )


def own_standings(
    plan: Plan, organization_ids: Iterable[int], span: Iterable[str], *joined: str
) -> dict[tuple[int, str], list[DutyStanding]]:
    """(Organisation id, period) -> how its own duties stand, as the newest figures count them. One
    query; `joined` names what is read with each duty."""
    found: dict[tuple[int, str], list[DutyStanding]] = defaultdict(list)
    ids, periods = list(organization_ids), list(span)
    for one in (
        DutyStanding.objects.filter(plan=plan, organization__in=ids, period__in=periods, until=None)
        # Said of the duties too, so that they are found by their own index and not read whole.
        .filter(duty__organization__in=ids, duty__period__in=periods)
        .select_related("duty", *(f"duty__{name}" for name in joined))
        .order_by("pk")
    ):
        found[one.organization_id, one.period].append(one)
    return found


def on_time_rate(figures: Iterable[Rollup | None], now: dt.datetime) -> int | None:
    """按时率 in whole per cent: what was sent on time of what had to be sent by now, over the
    periods shown. 100 only when nothing is missing; None when nothing was due."""
    return percent(*_on_time_of_due(figures, now))


def on_time_share(figures: Iterable[Rollup | None], now: dt.datetime) -> Fraction | None:
    """The same without rounding, in hundredths, as a line is made of it."""
    on_time, due = _on_time_of_due(figures, now)
    return Fraction(100 * on_time, due) if due > 0 else None


def _on_time_of_due(figures: Iterable[Rollup | None], now: dt.datetime) -> tuple[int, int]:
    on_time = due = 0
    for row in figures:
        if row is None:
            continue
        on_time += row.on_time
        due += row.expected if row.is_overdue(now) else row.submitted
    return on_time, due


def heat_class(figures: Rollup, now: dt.datetime) -> int | None:
    """Which class of a heat grid the figures fall in by their share on time, from 0, the best, to
    4; None while nothing was due."""
    rate = on_time_rate([figures], now)
    return None if rate is None else sum(rate < least for least in CLASSES)

"""Who has done a plan's duties and who has not: organisation × period, from the board's figures.

The tree is that of the last period's end, as on the board: the same word gives the same number on
both, also after a move.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.db.models.functions import Length

from core import clock, periods
from core.actor import Actor
from orgs.enums import OrganizationKind
from orgs.models import Organization
from orgs.models.organization import STEP, below
from orgs.permissions import Permission
from orgs.queries.offices import secretaries
from orgs.queries.organizations import placed_on

from .. import fulfilment
from ..enums import Absence, Mark
from ..models import Plan, Rollup
from .cells import Cell, cell_of, mark_of, on_time_rate, own_standings, summed
from .duties import Opened, opened_periods
from .rollups import directly_below, first_due_and_pending

# Above this many organisations a node shows its children summed up.
DETAILED = 150


@dataclass(slots=True)
class Row:
    """One organisation of the matrix. `organization` is None for one that has left the reader's
    scope since."""

    organization: Organization | None
    name: str
    secretary: str
    indent: int
    has_children: bool
    is_own: bool = False
    cells: list[Cell] = field(default_factory=list)
    on_time_rate: int | None = None


@dataclass(slots=True)
class Matrix:
    """Organisation × period. `current` are the node's figures of the last period, itself included, as
    on the board; None where nothing was owed."""

    plan: Plan
    node: Organization
    span: list[str]
    rows: list[Row]
    current: Rollup | None
    as_of: dt.datetime
    is_being_counted: bool
    due_on: dt.date | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an organisation stood on the last period's last day."""

    organization: Organization
    path: str


def report_matrix(
    plan: Plan,
    node: Organization,
    *,
    last: str,
    count: int = 6,
    marks: frozenset[Mark] = frozenset(),
    actor: Actor | None = None,
    opened: Opened | None = None,
) -> Matrix:
    """How the plan's duties stand below `node`, for `count` periods ending with `last`.

    A node with many organisations shows its children summed up (5/6 sent); one with few shows
    every organisation. `marks` keeps the rows whose last cell is marked so, and those above them.
    Without an `actor` all names are shown. `opened` are the node's figures, where they have been
    read. At most eight queries whatever the size.
    """
    now = clock.now()
    kind = fulfilment.of(plan)
    span = periods.ending(last, count)
    known = (opened or opened_periods(plan, node)).figures
    own = {period: known[period] for period in span if period in known}
    here = own[last].path if last in own else node.path
    places, detailed = _places(node, here, last, takes_groups=kind.takes_groups)
    figures = _figures_below(plan, own, places, detailed=detailed)
    ids = {place.organization.pk for place in places} | {node.pk}
    alone = own_standings(plan, ids, span, *kind.join)
    names = secretaries(ids)
    rows = []
    for place in places:
        organization = place.organization
        is_own = organization.pk == node.pk
        if is_own and not any((organization.pk, period) in alone for period in span):
            continue
        mine = actor is None or actor.may_at(Permission.REPORT_VIEW, organization.path)
        newest = figures.get((organization.pk, last))
        row = Row(
            organization=organization if mine else None,
            name=str(organization) if mine else "",
            secretary=names.get(organization.pk, "") if mine else "",
            indent=max(0, (len(place.path) - len(here)) // STEP - 1),
            has_children=not is_own
            and newest is not None
            and newest.expected > len(alone.get((organization.pk, last), ())),
            is_own=is_own,
        )
        for period in span:
            singles = alone.get((organization.pk, period), [])
            if is_own:
                found = summed(singles, period) if singles else None
            else:
                found = figures.get((organization.pk, period))
            single = None
            if found is not None and found.expected == len(singles) == 1 and not row.has_children:
                single = singles[0]
            absence = _absence(organization, period, bool(singles))
            row.cells.append(cell_of(period, found, single=single, absence=absence))
        row.on_time_rate = on_time_rate((cell.figures for cell in row.cells), now)
        if not marks or row.cells[-1].mark in marks or _has(marks, row):
            rows.append(row)
    due_on, is_being_counted = first_due_and_pending(plan, last)
    return Matrix(
        plan=plan,
        node=node,
        span=span,
        rows=rows,
        current=own.get(last),
        as_of=own[last].as_of if last in own else now,
        is_being_counted=is_being_counted,
        due_on=due_on,
    )


def _places(
    node: Organization, here: str, last: str, *, takes_groups: bool
) -> tuple[list[_Place], bool]:
    """The node and what stood below it on the period's last day, in the order of the tree: all, or
    what stood directly below when they are many. Two queries at most."""
    rows = (
        placed_on(periods.last_day(last))
        .filter(below(here))
        .select_related("organization")
        .order_by("path")
    )
    if not takes_groups:
        rows = rows.exclude(kind=OrganizationKind.PARTY_GROUP)
    found = list(rows[: DETAILED + 1])
    detailed = len(found) <= DETAILED
    if not detailed:
        found = list(
            rows.annotate(size=Length("path")).filter(Q(path=here) | Q(size=len(here) + STEP))
        )
    return [_Place(one.organization, one.path) for one in found], detailed


def _figures_below(
    plan: Plan,
    own: Mapping[str, Rollup],
    places: Iterable[_Place],
    *,
    detailed: bool,
) -> dict[tuple[int, str], Rollup]:
    """(Organisation id, period) -> figures of what stood at it and below, where it stood below the
    node in that period. One query."""
    paths = {period: row.path for period, row in own.items()}
    if not paths:
        return {}
    rows = Rollup.objects.filter(plan=plan)
    if detailed:
        ids = [place.organization.pk for place in places]
        stood = Q(pk__in=[])
        by_path: dict[str, list[str]] = defaultdict(list)
        for period, path in paths.items():
            by_path[path].append(period)
        for path, span in by_path.items():
            stood |= Q(period__in=span) & below(path, itself=False)
        rows = rows.filter(stood, organization__in=ids)
    else:
        rows = rows.annotate(size=Length("path")).filter(directly_below(paths))
    return {(row.organization_id, row.period): row for row in rows}


def _absence(organization: Organization, period: str, owed_elsewhere: bool) -> Absence:
    if owed_elsewhere:
        return Absence.ELSEWHERE
    founded = organization.founded_on
    if founded is not None and founded > periods.last_day(period):
        return Absence.NOT_FOUNDED
    return Absence.NOT_OWED


def _has(marks: frozenset[Mark], row: Row) -> bool:
    """Whether anything below the row is marked so in the last period."""
    figures = row.cells[-1].figures if row.cells else None
    if figures is None or not row.has_children:
        return False
    held = {mark_of(figures)}
    if figures.missing:
        held.add(Mark.MISSING)
    if figures.pending:
        held.add(Mark.NOT_DUE)
    if figures.locked:
        held.add(Mark.LOCKED)
    if figures.returned:
        held.add(Mark.RETURNED)
    if figures.submitted - figures.accepted - figures.returned > 0:
        held.add(Mark.WAITING)
    if figures.late:
        held.add(Mark.LATE)
    if figures.accepted:
        held.add(Mark.ACCEPTED)
    return bool(marks & held)

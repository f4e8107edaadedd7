"""Figures of a plan's duties for every node of the tree, counted in the database.

One statement a period, the same on SQLite and PostgreSQL. Each duty counts at the place where its
organisation stood on the period's last day and at every place above it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import CharField, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from core import periods
from core.shares import percent
from orgs.models import Organization, OrganizationPlacement
from orgs.models.organization import STEP, below

from ..enums import DutyState
from ..models import Duty, DutyStanding, Plan, Rollup, RollupMark, vocabulary
from ..models.duty import LATE, DutyQuerySet
from ..models.vocabulary import Counted

FIGURES = (
    "expected",
    "submitted",
    "on_time",
    "late",
    "missing",
    "locked",
    "returned",
    "returned_twice",
    "accepted",
)
# What is written of a node: its figures, and when the first of what was never sent is due.
WRITTEN = (*FIGURES, "missing_due_at")
DEEPEST = 120 // STEP

# Placements of the day; an organisation without one counts where it stands now, if it owes.
_PLACES = """
places AS (
  SELECT o.id AS organization_id, COALESCE(p.path, o.path) AS path,
         p.id IS NOT NULL AS is_placed
  FROM orgs_organization o
  LEFT JOIN orgs_organizationplacement p ON p.organization_id = o.id
    AND (p.valid_from IS NULL OR p.valid_from <= %s)
    AND (p.valid_to IS NULL OR p.valid_to > %s)
)"""
LENGTHS = f"lengths(n) AS (VALUES {', '.join(f'({STEP * n})' for n in range(1, DEEPEST + 1))})"


def sums_of(model: type[Duty] | type[DutyStanding], late: Q) -> tuple[str, list[Any]]:
    """The figures of a roll-up as SQL sums over rows of the model's table, by the conditions of
    the vocabulary, and the earliest deadline of what was never sent; with the values to put in."""
    rows = vocabulary.conditions(late)
    parts, values = [], []
    for name in FIGURES:
        condition, put_in = _where(model, rows[Counted(name)])
        parts.append(f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS {name}")
        values += put_in
    condition, put_in = _where(model, rows[Counted.UNSENT])
    table = model._meta.db_table
    parts.append(f"MIN(CASE WHEN {condition} THEN {table}.due_at END) AS missing_due_at")
    return ", ".join(parts), values + put_in


def _where(model: type[Duty] | type[DutyStanding], condition: Q) -> tuple[str, list[Any]]:
    query = model._default_manager.filter(condition).query
    sql, values = query.where.as_sql(query.get_compiler(connection=connection), connection)
    return str(sql), list(values)


def recount(plan: Plan, period: str) -> list[tuple[Any, ...]]:
    """(organization id, path, *WRITTEN) for every node that has duties at or below it, counted from
    the duties themselves. One statement."""
    day = periods.last_day(period)
    sums, values = sums_of(Duty, LATE)
    table = Duty._meta.db_table
    owed, owed_values = _where(Duty, Q(plan=plan, period=period) & ~Q(state=DutyState.WAIVED))
    statement = f"""
WITH {_PLACES},
{LENGTHS},
sums AS (
  SELECT substr(places.path, 1, lengths.n) AS path, {sums}
  FROM {table} JOIN places ON places.organization_id = {table}.organization_id
  JOIN lengths ON lengths.n <= length(places.path)
  WHERE {owed}
  GROUP BY substr(places.path, 1, lengths.n)
)
SELECT places.organization_id, sums.path, {", ".join(f"sums.{name}" for name in WRITTEN)}
FROM sums JOIN places ON places.path = sums.path
WHERE (places.is_placed
  OR places.organization_id IN (SELECT {table}.organization_id FROM {table} WHERE {owed}))"""  # noqa: S608  (only names of this module are put in)
    with connection.cursor() as cursor:
        cursor.execute(statement, [day, day, *values, *owed_values, *owed_values])
        return read(cursor.fetchall())


def read(rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Rows of figures as the ORM would give them: SQLite keeps moments as text."""
    return [(*row[:-1], _moment(row[-1])) for row in rows]


def _moment(value: Any) -> dt.datetime | None:
    if isinstance(value, str):
        return dt.datetime.fromisoformat(value).replace(tzinfo=dt.UTC)
    return value  # type: ignore[no-any-return]


def stored(plan: Plan, period: str) -> list[tuple[Any, ...]]:
    """What is stored, in the shape of `recount`. One query."""
    return list(
        Rollup.objects.filter(plan=plan, period=period).values_list(
            "organization_id", "path", *WRITTEN
        )
    )


def first_due_and_pending(plan: Plan, period: str) -> tuple[dt.date | None, bool]:
    """When the first of the plan's duties of the period is due, None when there are none; and
    whether changes wait to be counted into its figures. One query."""
    first = Duty.objects.filter(plan=OuterRef("pk"), period=period).order_by("due_at")
    marks = RollupMark.objects.filter(plan=OuterRef("pk"), period=period)
    found: tuple[dt.date | None, bool] = (
        Plan.objects.filter(pk=plan.pk)
        .values_list(Subquery(first.values("due_on")[:1]), Exists(marks))
        .get()
    )
    return found


def place_of(plan: Plan, node: Organization, period: str) -> str:
    """Where the node stood on the period's last day, as its newest figures know it; where it
    stands now when it has none. One query."""
    path = (
        Rollup.objects.filter(plan=plan, period=period, organization=node)
        .values_list("path", flat=True)
        .first()
    )
    return path or node.path


def figures_of(row: Rollup) -> dict[str, int]:
    """The figures of one roll-up by name."""
    return {name: getattr(row, name) for name in FIGURES}


def rate(part: int, whole: int) -> int | None:
    """Whole per cent, as all shares: `core.shares`."""
    return percent(part, whole)


def directly_below(places: Mapping[str, str]) -> Q:
    """Roll-ups of what stood directly below a node that stood, period by period, at `places`
    (period -> path). Needs the annotation `size`, the length of the path."""
    periods_at: dict[str, list[str]] = defaultdict(list)
    for period, path in places.items():
        periods_at[path].append(period)
    found = Q(pk__in=[])
    for path, there in periods_at.items():
        under = below(path, itself=False)
        found |= Q(under, period__in=there, size=len(path) + STEP)
    return found


def placed(duties: DutyQuerySet, day: dt.date) -> Any:
    """The duties with `place`: the path where each organisation stood on the day."""
    there = OrganizationPlacement.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=day),
        Q(valid_to=None) | Q(valid_to__gt=day),
        organization_id=OuterRef("organization_id"),
    )
    return duties.annotate(
        place=Coalesce(
            Subquery(there.values("path")[:1]),
            F("organization__path"),
            output_field=CharField(),
        )
    )


def with_ancestors(paths: Collection[str]) -> set[str]:
    """The paths and all above them."""
    return {path[:end] for path in paths for end in range(STEP, len(path) + 1, STEP)}

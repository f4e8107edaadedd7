"""Figures of a plan's duties for every node of the tree, counted in the database.

One statement a period, the same on SQLite and PostgreSQL. Each duty counts at the place where its
organisation stood on the period's last day and at every place above it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection
from django.db.models import CharField, F, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from core import periods
from orgs.models import OrganizationPlacement
from orgs.models.organization import STEP, below

from ..models import Plan, Rollup, RollupLedger
from ..models.plan import DutyQuerySet

FIGURES = (
    "expected",
    "submitted",
    "on_time",
    "late",
    "returned",
    "returned_twice",
    "accepted",
)
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
),
owed AS (
  SELECT d.*, places.path AS path
  FROM schedules_duty d JOIN places ON places.organization_id = d.organization_id
  WHERE d.plan_id = %s AND d.period = %s AND d.state <> 'waived'
)"""
_COUNT = f"""
WITH {_PLACES},
lengths(n) AS (VALUES {", ".join(f"({STEP * level})" for level in range(1, DEEPEST + 1))}),
sums AS (
  SELECT substr(owed.path, 1, lengths.n) AS path,
    COUNT(*) AS expected,
    SUM(CASE WHEN submitted_at IS NOT NULL THEN 1 ELSE 0 END) AS submitted,
    SUM(CASE WHEN submitted_at <= late_after THEN 1 ELSE 0 END) AS on_time,
    SUM(CASE WHEN submitted_at > late_after THEN 1 ELSE 0 END) AS late,
    SUM(CASE WHEN state = 'returned' THEN 1 ELSE 0 END) AS returned,
    SUM(CASE WHEN returned_count >= 2 THEN 1 ELSE 0 END) AS returned_twice,
    SUM(CASE WHEN state IN ('accepted', 'confirmed') THEN 1 ELSE 0 END) AS accepted
  FROM owed JOIN lengths ON lengths.n <= length(owed.path)
  GROUP BY substr(owed.path, 1, lengths.n)
)
SELECT places.organization_id, sums.path, {", ".join(f"sums.{name}" for name in FIGURES)}
FROM sums JOIN places ON places.path = sums.path
WHERE (places.is_placed
  OR places.organization_id IN (SELECT organization_id FROM owed))"""  # noqa: S608  (only names of this module are put in)


def recount(plan: Plan, period: str) -> list[tuple[Any, ...]]:
    """(organization id, path, *FIGURES) for every node that has duties at or below it. One
    statement."""
    day = periods.last_day(period)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [day, day, plan.pk, period])
        return cursor.fetchall()


def stored(plan: Plan, period: str) -> list[tuple[Any, ...]]:
    """What is stored, in the shape of `recount`. One query."""
    return list(
        Rollup.objects.filter(plan=plan, period=period).values_list(
            "organization_id", "path", *FIGURES
        )
    )


def figures_of(row: Rollup) -> dict[str, int]:
    """The figures of one roll-up by name."""
    return {name: getattr(row, name) for name in FIGURES}


def rate(part: int, whole: int) -> int | None:
    """Whole per cent; 100 only when nothing is missing. None of nothing."""
    if not whole:
        return None
    return 100 * part // whole


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


def comparison() -> tuple[dt.datetime | None, int]:
    """Of all plans, the oldest of the last comparisons with a full recount, and how many figures
    were repaired in them. One query."""
    found = RollupLedger.objects.aggregate(at=Min("compared_at"), wrong=Sum("differences"))
    return found["at"], found["wrong"] or 0

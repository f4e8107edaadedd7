"""How duties stood, and the figures counted from that.

Figures are counted from the standings in force and never from the duties themselves: both are
written under the same lock, so a figure and the rows behind it cannot differ.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, F, Value, When

from core import periods
from orgs.models.organization import STEP, path_ranges

from ..enums import DutyState
from ..models import Duty, DutyStanding, Plan
from .rollups import DEEPEST, FIGURES, placed


class Facts(NamedTuple):
    """What figures count of a duty."""

    organization_id: int
    path: str
    state: str
    submitted_at: dt.datetime | None
    is_late: bool
    returned_count: int


def of_duties(
    plan: Plan, period: str, organization_ids: Collection[int] | None = None
) -> dict[int, tuple[Facts, str]]:
    """Duty id -> its facts and its organisation's class now; without those waived. One query."""
    duties = Duty.objects.filter(plan=plan, period=period).exclude(state=DutyState.WAIVED)
    if organization_ids is not None:
        duties = duties.filter(organization__in=organization_ids)
    rows = (
        placed(duties, periods.last_day(period))
        .annotate(
            tardy=Case(
                When(submitted_at__gt=F("late_after"), then=Value(True)), default=Value(False)
            )
        )
        .values_list(
            *("pk", "organization__organization_class", "organization_id", "place", "state"),
            *("submitted_at", "tardy", "returned_count"),
        )
    )
    return {pk: (Facts(*facts), kind) for pk, kind, *facts in rows}


def in_force(
    plan: Plan, period: str, organization_ids: Collection[int] | None = None
) -> dict[int, tuple[int, Facts]]:
    """Duty id -> the standing in force: its id and facts. One query."""
    standings = DutyStanding.objects.filter(plan=plan, period=period, until=None)
    if organization_ids is not None:
        standings = standings.filter(organization__in=organization_ids)
    rows = standings.values_list("duty_id", "pk", *Facts._fields)
    return {duty_id: (pk, Facts(*facts)) for duty_id, pk, *facts in rows}


# What a group of standings adds up to, in the order of FIGURES.
_SUMS = """COUNT(*) AS expected,
    SUM(CASE WHEN submitted_at IS NOT NULL THEN 1 ELSE 0 END) AS submitted,
    SUM(CASE WHEN submitted_at IS NOT NULL AND NOT is_late THEN 1 ELSE 0 END) AS on_time,
    SUM(CASE WHEN is_late THEN 1 ELSE 0 END) AS late,
    SUM(CASE WHEN state = 'returned' THEN 1 ELSE 0 END) AS returned,
    SUM(CASE WHEN returned_count >= 2 THEN 1 ELSE 0 END) AS returned_twice,
    SUM(CASE WHEN state IN ('accepted', 'confirmed') THEN 1 ELSE 0 END) AS accepted,
    MAX(CASE WHEN s.path = {path} THEN organization_id END) AS owner"""
_IN_FORCE = "s.plan_id = %s AND s.period = %s AND s.until IS NULL"
# Every node of the period: each standing once for each step of its path.
_EVERYWHERE = f"""
WITH lengths(n) AS (VALUES {", ".join(f"({STEP * level})" for level in range(1, DEEPEST + 1))}),
sums AS (
  SELECT substr(s.path, 1, lengths.n) AS path, {_SUMS.format(path="substr(s.path, 1, lengths.n)")}
  FROM schedules_dutystanding s JOIN lengths ON lengths.n <= length(s.path)
  WHERE {_IN_FORCE}
  GROUP BY substr(s.path, 1, lengths.n)
)"""  # noqa: S608  (only texts of this module are put in)
# Some nodes: a range of the index for each, so that a leaf costs one row and only the top all.
_THERE = f"""
WITH chosen(path, beyond) AS (VALUES {{chosen}}),
sums AS (
  SELECT chosen.path AS path, {_SUMS.format(path="chosen.path")}
  FROM chosen JOIN schedules_dutystanding s ON s.path >= chosen.path AND s.path < chosen.beyond
  WHERE {_IN_FORCE}
  GROUP BY chosen.path
)"""  # noqa: S608  (only texts of this module are put in)
# Who a path belongs to: the organisation placed there on the day; one without a placement
# counts where it owes.
_WHOSE = f"""
SELECT COALESCE(p.organization_id, sums.owner), sums.path,
  {", ".join(f"sums.{name}" for name in FIGURES)}
FROM sums
LEFT JOIN orgs_organizationplacement p ON p.path = sums.path
  AND (p.valid_from IS NULL OR p.valid_from <= %s)
  AND (p.valid_to IS NULL OR p.valid_to > %s)
WHERE COALESCE(p.organization_id, sums.owner) IS NOT NULL"""  # noqa: S608  (see above)


def counted(plan: Plan, period: str, paths: Collection[str] | None = None) -> list[tuple[Any, ...]]:
    """(organization id, path, *FIGURES) for every node at or below which a duty stands; only for
    the nodes that stood at `paths` when given. One statement."""
    if paths is not None and not paths:
        return []
    day = periods.last_day(period)
    sums = _EVERYWHERE
    bounds: list[str] = []
    if paths is not None:
        rows, bounds = path_ranges(paths)
        sums = _THERE.format(chosen=rows)
    values: list[dt.date | int | str] = [*bounds, plan.pk, period, day, day]
    with connection.cursor() as cursor:
        cursor.execute(sums + _WHOSE, values)
        return cursor.fetchall()

"""How duties stood, and the figures counted from that.

Figures are counted from the standings in force and never from the duties themselves: both are
written under the same lock, so a figure and the rows behind it cannot differ.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, Value, When

from core import periods
from orgs.models.organization import path_ranges

from ..enums import DutyState
from ..models import Duty, DutyStanding, Plan, Rollup
from ..models.duty import LATE
from ..models.rollup import LATE as LATE_STANDING
from .rollups import LENGTHS, WRITTEN, placed, read, recount, stored, sums_of


class Facts(NamedTuple):
    """What figures count of a duty."""

    organization_id: int
    path: str
    state: str
    due_at: dt.datetime
    submitted_at: dt.datetime | None
    is_late: bool
    returned_count: int
    phase: str


def of_duties(
    plan: Plan, period: str, organization_ids: Collection[int] | None = None
) -> dict[int, tuple[Facts, str]]:
    """Duty id -> its facts and its organisation's class now; without those waived. One query."""
    duties = Duty.objects.filter(plan=plan, period=period).exclude(state=DutyState.WAIVED)
    if organization_ids is not None:
        duties = duties.filter(organization__in=organization_ids)
    rows = (
        placed(duties, periods.last_day(period))
        .annotate(tardy=Case(When(LATE, then=Value(True)), default=Value(False)))
        .values_list(
            *("pk", "organization__organization_class", "organization_id", "place", "state"),
            *("due_at", "submitted_at", "tardy", "returned_count", "phase"),
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


_TABLE = DutyStanding._meta.db_table
_IN_FORCE = f"{_TABLE}.plan_id = %s AND {_TABLE}.period = %s AND {_TABLE}.until IS NULL"
_OWNER = f"MAX(CASE WHEN {_TABLE}.path = {{path}} THEN {_TABLE}.organization_id END) AS owner"
# Every node of the period: each standing once for each step of its path.
_EVERYWHERE = f"""
WITH {LENGTHS},
sums AS (
  SELECT substr({_TABLE}.path, 1, lengths.n) AS path, {{sums}},
    {_OWNER.format(path=f"substr({_TABLE}.path, 1, lengths.n)")}
  FROM {_TABLE} JOIN lengths ON lengths.n <= length({_TABLE}.path)
  WHERE {_IN_FORCE}
  GROUP BY substr({_TABLE}.path, 1, lengths.n)
)"""  # noqa: S608  (only texts of this module are put in)
# Some nodes: a range of the index for each, so that a leaf costs one row and only the top all.
_THERE = f"""
WITH chosen(path, beyond) AS (VALUES {{chosen}}),
sums AS (
  SELECT chosen.path AS path, {{sums}}, {_OWNER.format(path="chosen.path")}
  FROM chosen JOIN {_TABLE} ON {_TABLE}.path >= chosen.path AND {_TABLE}.path < chosen.beyond
  WHERE {_IN_FORCE}
  GROUP BY chosen.path
)"""  # noqa: S608  (only texts of this module are put in)
# Who a path belongs to: the organisation placed there on the day; one without a placement
# counts where it owes.
_WHOSE = f"""
SELECT COALESCE(p.organization_id, sums.owner), sums.path,
  {", ".join(f"sums.{name}" for name in WRITTEN)}
FROM sums
LEFT JOIN orgs_organizationplacement p ON p.path = sums.path
  AND (p.valid_from IS NULL OR p.valid_from <= %s)
  AND (p.valid_to IS NULL OR p.valid_to > %s)
WHERE COALESCE(p.organization_id, sums.owner) IS NOT NULL"""  # noqa: S608  (see above)


def counted(plan: Plan, period: str, paths: Collection[str] | None = None) -> list[tuple[Any, ...]]:
    """(organization id, path, *WRITTEN) for every node at or below which a duty stands; only for
    the nodes that stood at `paths` when given. One statement."""
    if paths is not None and not paths:
        return []
    day = periods.last_day(period)
    sums, put_in = sums_of(DutyStanding, LATE_STANDING)
    if paths is None:
        statement = _EVERYWHERE.format(sums=sums)
        bounds: list[str] = []
    else:
        rows, bounds = path_ranges(paths)
        statement = _THERE.format(chosen=rows, sums=sums)
    values: list[Any] = [*bounds, *put_in, plan.pk, period, day, day]
    with connection.cursor() as cursor:
        cursor.execute(statement + _WHOSE, values)
        return read(cursor.fetchall())


def differences(plan: Plan) -> dict[str, int]:
    """Period -> how many nodes' stored figures differ from a full recount, or stand otherwise than
    was taken down. Reads only."""
    found = {}
    for period in periods_of(plan):
        wrong = {row[0] for row in set(recount(plan, period)) ^ set(stored(plan, period))}
        taken = {(duty, facts) for duty, (_, facts) in in_force(plan, period).items()}
        stand = {(duty, facts) for duty, (facts, _) in of_duties(plan, period).items()}
        wrong |= {facts.organization_id for _, facts in taken ^ stand}
        if wrong:
            found[period] = len(wrong)
    return found


def periods_of(plan: Plan) -> list[str]:
    return sorted(
        {
            *Duty.objects.filter(plan=plan).values_list("period", flat=True).distinct(),
            *Rollup.objects.filter(plan=plan).values_list("period", flat=True).distinct(),
        }
    )

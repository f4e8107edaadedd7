"""Reads of duties: of one organisation's year, of the months opened, of whom to remind."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from core import clock, notifications, periods
from orgs.models import Organization
from orgs.models.organization import path_end

from ..enums import DutyState
from ..models import Duty
from .recipients import senders_of
from .reports import missing_duties

MONTHS_OFFERED = 36
NAMED = 200  # of the organisations to remind; the others are counted


@dataclass(frozen=True, slots=True)
class Opened:
    """The months below an organisation that have reports, newest first."""

    periods: list[str]

    @property
    def shown_first(self) -> str | None:
        """The newest month that is over and being handed in, else the newest."""
        current = periods.containing(clock.today(), periods.MONTH)
        over = [period for period in self.periods if period < current]
        return over[0] if over else next(iter(self.periods), None)


# Steps along the index of periods, then looks for one report in each: OFFSET keeps the planner
# from joining all reports for it.
_OPENED = """
WITH RECURSIVE known(period) AS (
  SELECT MAX(period) FROM schedules_monthlyreport
  UNION ALL
  SELECT (SELECT MAX(r.period) FROM schedules_monthlyreport r WHERE r.period < known.period)
  FROM known WHERE known.period IS NOT NULL
)
SELECT period FROM known
WHERE period IS NOT NULL AND EXISTS (
  SELECT 1 FROM schedules_monthlyreport r JOIN orgs_organization o ON o.id = r.organization_id
  WHERE r.period = known.period AND o.path >= %s AND o.path < %s LIMIT 1 OFFSET 0)
ORDER BY period DESC LIMIT %s"""


def opened_periods(node: Organization) -> Opened:
    """The months that have reports below `node`. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_OPENED, [node.path, path_end(node.path), MONTHS_OFFERED])
        return Opened([row[0] for row in cursor.fetchall()])


def latest_duties(organization: Organization, count: int) -> QuerySet[Duty]:
    """The organisation's newest `count` duties that have a report."""
    return (
        Duty.objects.filter(organization=organization, report__isnull=False)
        .exclude(state=DutyState.WAIVED)
        .order_by("-period")[:count]
    )


def duties_of_year(organization: Organization, year: int) -> QuerySet[Duty]:
    """The reports that the organisation owes for the months of `year`, newest first."""
    return (
        Duty.objects.filter(
            organization=organization, period__startswith=f"{year:04d}-", report__isnull=False
        )
        .exclude(state=DutyState.WAIVED)
        .select_related("report", "plan")
        .order_by("-period")
    )


@dataclass(frozen=True, slots=True)
class ToRemind:
    """An organisation that has not sent its report."""

    organization: Organization
    has_people: bool
    is_reminded_today: bool


@dataclass(frozen=True, slots=True)
class Unsent:
    """The organisations that have not sent their report: how many, and the first of them."""

    count: int
    rows: list[ToRemind]

    @property
    def more(self) -> int:
        """How many are not among the rows."""
        return self.count - len(self.rows)


def to_remind(node: Organization, period: str) -> Unsent:
    """Who below `node` has never sent the report of `period`. Four queries."""
    unsent = missing_duties(node, period).filter(state=DutyState.OPEN).exclude(organization=node)
    count = unsent.order_by().count()
    duties = list(unsent[:NAMED])
    people = senders_of({duty.organization_id for duty in duties})
    today = clock.today()
    keys = {
        f"remind:{duty.pk}:{today:%Y%m%d}:{user_id}": duty.pk
        for duty in duties
        for user_id in people.get(duty.organization_id, ())
    }
    reminded = {keys[key] for key in notifications.known_keys(keys)} if keys else set()
    rows = [
        ToRemind(duty.organization, bool(people.get(duty.organization_id)), duty.pk in reminded)
        for duty in duties
    ]
    return Unsent(count, rows)

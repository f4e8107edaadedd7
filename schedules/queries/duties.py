"""Reads of duties: of one organisation's year, of the months opened, of whom to remind."""

from dataclasses import dataclass

from django.db.models import QuerySet

from core import clock, notifications, periods
from orgs.models import Organization
from orgs.models.organization import path_end

from ..enums import DutyState
from ..models import Duty
from .recipients import senders_of
from .reports import missing_duties

MONTHS_OFFERED = 36


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


def opened_periods(node: Organization) -> Opened:
    """The months that have reports below `node`. One query."""
    rows = (
        Duty.objects.filter(
            organization__path__gte=node.path,
            organization__path__lt=path_end(node.path),
            report__isnull=False,
        )
        .order_by("-period")
        .values_list("period", flat=True)
        .distinct()
    )
    return Opened(list(rows[:MONTHS_OFFERED]))


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


def to_remind(node: Organization, period: str) -> list[ToRemind]:
    """Who below `node` has never sent the report of `period`. Three queries."""
    duties = list(
        missing_duties(node, period).filter(state=DutyState.OPEN).exclude(organization=node)
    )
    people = senders_of({duty.organization_id for duty in duties})
    today = clock.today()
    keys = {
        f"remind:{duty.pk}:{today:%Y%m%d}:{user_id}": duty.pk
        for duty in duties
        for user_id in people.get(duty.organization_id, ())
    }
    reminded = {keys[key] for key in notifications.known_keys(keys)} if keys else set()
    return [
        ToRemind(duty.organization, bool(people.get(duty.organization_id)), duty.pk in reminded)
        for duty in duties
    ]

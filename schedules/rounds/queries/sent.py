"""Reports that were sent for a period, by a day: what the figures about them count and list."""

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from core import clock, periods
from orgs.enums import BRANCH_KINDS
from orgs.models import Organization
from orgs.queries.places import stood_at

from ..enums import DutyState
from ..models import Duty


def sent(period: str, day: dt.date, known_at: dt.datetime | None = None) -> QuerySet[Duty]:
    """Duties of the period, or of a period within it, whose report was first sent by the end of
    the day, or by the moment `known_at`. Without those waived."""
    rows = (
        Duty.objects.filter(period__in=_within(period), report__isnull=False)
        .exclude(state=DutyState.WAIVED)
        .exclude(submitted_at=None)
    )
    if known_at is not None:
        return rows.filter(submitted_at__lte=known_at)
    if day < clock.today():
        midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time())
        return rows.filter(submitted_at__lt=timezone.make_aware(midnight))
    return rows


def sent_by_branches(
    place: Organization,
    period: str,
    day: dt.date,
    known_at: dt.datetime | None = None,
    *,
    below: bool = True,
    on_time: bool = False,
) -> QuerySet[Duty]:
    """Those of the branches that stood on the day at `place`, with `below` also under it. One
    query when evaluated, and for a day that is over one now."""
    rows = sent(period, day, known_at).filter(
        organization__in=stood_at(place, day, below=below, kinds=BRANCH_KINDS)
    )
    if on_time:
        rows = rows.on_time()  # type: ignore[attr-defined]
    return rows.select_related("organization", "report").order_by("organization__path", "period")


def _within(period: str) -> list[str]:
    """The period itself and the shorter ones that lie in it."""
    first, last = periods.first_day(period), periods.last_day(period)
    found, day = set(), first
    while day <= last:
        for cadence in periods.CADENCES:
            part = periods.containing(day, cadence)
            if periods.first_day(part) >= first and periods.last_day(part) <= last:
                found.add(part)
        day = periods.last_day(periods.containing(day, periods.MONTH)) + dt.timedelta(days=1)
    return sorted(found)

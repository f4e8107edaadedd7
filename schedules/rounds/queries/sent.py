"""What was sent for a period, by a day: what the figures about it count and list."""

import datetime as dt

from django.db.models import Q, QuerySet, Subquery

from core import clock, periods
from core.figures import Window
from orgs.enums import BRANCH_KINDS
from orgs.models import Organization
from orgs.queries.places import stood_at

from .. import fulfilment
from ..models import Duty, Plan
from ..models.duty import LATE, DutyQuerySet
from ..models.vocabulary import Counted
from .calendar import end_of


def sent(period: str, day: dt.date, known_at: dt.datetime | None = None) -> DutyQuerySet:
    """Duties of the period that were first sent by the end of the day, or by the moment
    `known_at`: of the first plan that is owed at the period's cadence. Without those waived."""
    plans = Plan.objects.in_order().filter(cadence=periods.cadence_of(period))
    rows = Duty.objects.filter(plan=Subquery(plans.values("pk")[:1]), period=period)
    rows = rows.counted(Counted.SUBMITTED)
    if known_at is not None:
        return rows.filter(submitted_at__lte=known_at)
    if day < clock.today():
        return rows.filter(submitted_at__lt=end_of(day))
    return rows


def moment_of(day: dt.date, known_at: dt.datetime | None = None) -> dt.datetime:
    """The moment up to which things count: the one that is known, now, or the end of a day that is
    over."""
    if known_at is not None:
        return known_at
    if day >= clock.today():
        return clock.now()
    return end_of(day) - dt.timedelta(microseconds=1)


def owed(period: str, moment: dt.datetime) -> DutyQuerySet:
    """Monthly reports of all months of the period that had to be there by the moment: duties of the
    first plan owed each month, without those waived."""
    plans = Plan.objects.in_order().filter(cadence=periods.MONTH)
    rows = Duty.objects.filter(
        plan=Subquery(plans.values("pk")[:1]), period__in=periods.within(period, periods.MONTH)
    )
    return rows.counted(Counted.EXPECTED).filter(due_at__lte=moment)


def sent_by(moment: dt.datetime) -> Q:
    """What had been sent by the moment."""
    return Q(submitted_at__isnull=False, submitted_at__lte=moment)


OWED = {
    "due": lambda moment: Q(),
    "on_time": lambda moment: sent_by(moment) & ~LATE,
    "unsent": lambda moment: ~sent_by(moment),
}
"""What is counted of monthly reports that were owed, by the word in addresses."""


def owed_by_branches(
    place: Organization,
    period: str,
    day: dt.date,
    known_at: dt.datetime | None = None,
    *,
    below: bool = True,
    show: str = "due",
) -> QuerySet[Duty]:
    """The rows of those figures, as `sent_by_branches` gives its own."""
    end, moment = Window(period, day).end, moment_of(day, known_at)
    rows = owed(period, moment).filter(
        OWED[show](moment),
        organization__in=stood_at(place, end, below=below, kinds=BRANCH_KINDS, known_at=known_at),
    )
    return rows.select_related("organization", *fulfilment.joins()).order_by(
        "organization__path", "due_on", "pk"
    )


def sent_by_branches(
    place: Organization,
    period: str,
    day: dt.date,
    known_at: dt.datetime | None = None,
    *,
    below: bool = True,
    on_time: bool = False,
) -> QuerySet[Duty]:
    """Those of the branches that stood on the day at `place`, with `below` also under it, with
    what their kinds read. One query when evaluated, and for a day that is over one now."""
    end = Window(period, day).end
    rows = sent(period, day, known_at).filter(
        organization__in=stood_at(place, end, below=below, kinds=BRANCH_KINDS, known_at=known_at)
    )
    if on_time:
        rows = rows.counted(Counted.ON_TIME)
    return rows.select_related("organization", *fulfilment.joins()).order_by(
        "organization__path", "due_on", "pk"
    )

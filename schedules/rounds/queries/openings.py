"""When a plan opens and is due, and who owes it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from core import clock, periods
from core.periods import WorkCalendar
from orgs.enums import OrganizationKind
from orgs.models import Organization
from orgs.models.organization import OrganizationQuerySet

from .. import fulfilment
from ..enums import DutyState, ReportState
from ..models import Duty, Plan, Report
from .calendar import end_of
from .definitions import definition_for


@dataclass(frozen=True, slots=True)
class Moments:
    """The moments of a duty, by the plan's rule and the working-day calendar."""

    due_on: dt.date
    due_at: dt.datetime
    late_after: dt.datetime
    locks_at: dt.datetime | None


def moments(plan: Plan, period: str, calendar: WorkCalendar) -> Moments:
    """When a duty of `plan` for `period` is due, counts as late, and locks."""
    following = periods.containing(periods.last_day(period) + dt.timedelta(days=1), periods.MONTH)
    return moments_after(plan, calendar.nth_of_month(following, plan.due_day), calendar)


def moments_after(plan: Plan, due_on: dt.date, calendar: WorkCalendar) -> Moments:
    """The moments of a duty that is due on the day."""
    late_on = calendar.add_working_days(due_on, plan.grace_working_days)
    locks_at = None
    if plan.lock_working_days is not None:
        locks_at = end_of(calendar.add_working_days(due_on, plan.lock_working_days))
    return Moments(due_on, end_of(due_on), end_of(late_on), locks_at)


def mending(plan: Plan, calendar: WorkCalendar) -> tuple[dt.date, dt.datetime]:
    """By which day, and by which moment, what comes back today is to be mended."""
    day = calendar.add_working_days(clock.today(), plan.mend_working_days)
    return day, end_of(day)


def moments_of_latecomer(plan: Plan, when: Moments, calendar: WorkCalendar) -> Moments:
    """The moments of a duty of an organisation that was entered when the others already had
    theirs: it is not overdue the day on which it is first known of."""
    day, _ = mending(plan, calendar)
    return moments_after(plan, day, calendar) if day > when.due_on else when


def opens_on(plan: Plan, period: str) -> dt.date:
    """The day from which a duty of `plan` for `period` can be worked on."""
    first, last = periods.first_day(period), periods.last_day(period)
    if plan.opens_day > 0:
        return min(first + dt.timedelta(days=plan.opens_day - 1), last)
    return max(first, last + dt.timedelta(days=plan.opens_day + 1))


def is_within(plan: Plan, period: str) -> bool:
    """Whether the plan asks for the period: it is not over before the plan begins, and does not
    begin after its last day, nor open after the one until which it holds."""
    if periods.last_day(period) < plan.starts_on or plan.has_expired(opens_on(plan, period)):
        return False
    return plan.ends_on is None or periods.first_day(period) <= plan.ends_on


def first_period(plan: Plan) -> str:
    """The period that the plan opens first from today on. No queries."""
    today = clock.today()
    period = periods.shift(periods.containing(max(today, plan.starts_on), plan.cadence), -1)
    while not is_within(plan, period) and periods.first_day(period) <= max(today, plan.starts_on):
        period = periods.shift(period, 1)
    return period


def newest_opened(plan: Plan) -> str | None:
    """The plan's latest period that has duties. One query."""
    return (
        Duty.objects.filter(plan=plan, subject_kind="")
        .order_by("-due_on")
        .values_list("period", flat=True)
        .first()
    )


def opened_since(plan: Plan, day: dt.date) -> list[str]:
    """The plan's periods that have duties and do not begin before the day. One query."""
    rows = Duty.objects.filter(plan=plan, subject_kind="").order_by().values_list("period")
    return sorted(period for (period,) in rows.distinct() if periods.first_day(period) >= day)


def next_to_open(plan: Plan, newest: str | None) -> str:
    """The first period that nobody has opened yet, after the `newest` that is. No queries."""
    first = periods.containing(max(clock.today(), plan.starts_on), plan.cadence)
    return first if newest is None else max(periods.shift(newest, 1), first)


def untouched(plan: Plan, period: str) -> QuerySet[Report]:
    """Drafts of the plan's period in which nobody has written, ticked or added anything."""
    return Report.objects.filter(
        duty__plan=plan,
        period=period,
        state=ReportState.DRAFT,
        started_at=None,
        saved_at=None,
        attachments=None,
        duty__state=DutyState.OPEN,
    )


def concerned(plan: Plan, day: dt.date) -> QuerySet[Organization]:
    """The organisations that owe `plan` on the day: of its kinds and classes, founded by then and
    not abolished. 党小组 only where what fulfils the plan takes them."""
    return _meant(plan).active(day)


def concerned_by_period(plan: Plan, named: Sequence[str]) -> dict[str, list[Organization]]:
    """The same at the end of each of the periods. One query for any number of them."""
    ends = {period: periods.last_day(period) for period in named}
    rows = list(_meant(plan))
    return {period: [row for row in rows if row.was_there(day)] for period, day in ends.items()}


def _meant(plan: Plan) -> OrganizationQuerySet:
    kinds = set(plan.kinds)
    if not fulfilment.of(plan).takes_groups:
        kinds.discard(OrganizationKind.PARTY_GROUP)
    organizations = Organization.objects.filter(kind__in=kinds)
    if plan.classes:
        organizations = organizations.filter(organization_class__in=plan.classes)
    return organizations


def unfitting(plan: Plan, period: str) -> int:
    """How many organisations concerned have no duty for want of a form. Two queries."""
    fitting = fulfilment.of(plan).fitting
    if fitting is None:
        return 0
    rows = list(concerned(plan, periods.last_day(period)))
    return len(rows) - len(fitting(plan, period, rows))


def with_form(plan: Plan, period: str, organizations: list[Organization]) -> list[Organization]:
    """Those of the organisations that one of the plan's forms is for, which has not run out. One
    query."""
    choose = definition_for(plan, period, on=clock.today())
    return [organization for organization in organizations if choose(organization) is not None]

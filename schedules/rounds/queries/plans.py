"""Reads of plans."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from core import clock, periods

from .. import fulfilment
from ..models import Duty, Plan, ReportDefinition, vocabulary
from ..models.duty import LATE
from ..rules import SOON
from .definitions import newest_of

PERIODS_BACK = 24
LATELY = dt.timedelta(days=60)  # so long after it has run out it is still spoken of
REPORT = "report"


def plans_offered() -> list[Plan]:
    """All plans in the order in which pages offer them: the first is meant where none is chosen.
    One query; plans are few."""
    return list(Plan.objects.in_order())


def locked_plans() -> list[Plan]:
    """All plans, locked for this transaction where the database can, in an order that everybody
    shares: for acts that weigh one against the others. Whoever only refers to a plan does not
    wait. One query."""
    return list(Plan.objects.select_for_update(no_key=True).order_by("pk"))


def reporting_plans() -> list[Plan]:
    """Those that ask for a report by a form: what is written in them can be read. One query."""
    return [plan for plan in plans_offered() if plan.fulfilment == REPORT]


def periods_offered(plan: Plan) -> list[str]:
    """The periods that somebody may open now: the current one, those before it back to the
    plan's start or two dozen, newest first; never one that has not begun. None for a plan about
    cases, nor for one that has run out."""
    if not fulfilment.of(plan).is_by_period or plan.has_expired(clock.today()):
        return []
    current = periods.containing(clock.today(), plan.cadence)
    earliest = periods.containing(plan.starts_on, plan.cadence)
    offered = [periods.shift(current, -step) for step in range(PERIODS_BACK)]
    return [
        period
        for period in offered
        if period >= min(earliest, periods.shift(current, -1))
        and (plan.ends_on is None or periods.first_day(period) <= plan.ends_on)
    ]


def plan_address(plan: Plan, plans: list[Plan]) -> dict[str, object]:
    """The parameter of an address that names the plan; nothing for the first one, which is meant
    without it."""
    return {} if plans and plan.pk == plans[0].pk else {"plan": plan.key}


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """How a period of a plan stands."""

    period: str
    expected: int
    sent: int
    done: int

    @property
    def label(self) -> str:
        return periods.label(self.period)


def duty_counts(plan: Plan, *, limit: int = 6) -> list[PeriodCount]:
    """The newest periods opened, each with how many duties it has. One query."""
    rows: Any = (
        Duty.objects.filter(plan=plan)
        .order_by("-period")
        .values("period")
        .annotate(**vocabulary.sums(LATE))[:limit]
    )
    return [
        PeriodCount(row["period"], row["n_expected"], row["n_submitted"], row["n_accepted"])
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class RunningOut:
    """A plan or a form in force that runs out soon, or has."""

    name: str
    until: dt.date


def running_out(today: dt.date) -> list[RunningOut]:
    """What goes on otherwise and runs out within SOON days, or has within LATELY days, by the day;
    what has run out longer ago is let go. Two queries."""
    first, last = today - LATELY, today + dt.timedelta(days=SOON)
    rows = Plan.objects.begun(today).filter(valid_until__range=(first, last))
    found = [RunningOut(plan.name, plan.valid_until) for plan in rows if plan.valid_until]
    forms = ReportDefinition.objects.filter(is_published=True).select_related("plan")
    month = periods.containing(today, periods.MONTH)
    found += [
        RunningOut(str(form), form.valid_until)
        for form in newest_of(forms.order_by("key", "version"), month).values()
        if form.valid_until and first <= form.valid_until <= last and not form.plan.has_ended(today)
    ]
    return sorted(found, key=lambda one: (one.until, one.name))

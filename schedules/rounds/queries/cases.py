"""Plans about cases (换届, 转正): whom one reaches, and how they stand."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from core import clock
from orgs.models import Organization

from .. import fulfilment
from ..fulfilment import Kind, Subject
from ..models import Duty, Plan
from .openings import concerned


def lead_of(plan: Plan) -> int:
    """How many days before its day a case of the plan is asked for. No query."""
    return plan.lead_days or fulfilment.of(plan).lead_days


def to_begin(plan: Plan, day: dt.date) -> list[Subject]:
    """The cases that the plan asks for on the day: those that are due within its lead, but for
    those that were due before it began. Organisations are not looked at. A query or two."""
    cases = fulfilment.cases_within(fulfilment.of(plan), day, lead_of(plan))
    return [one for one in cases if one.due_on is not None and one.due_on >= plan.starts_on]


@dataclass(frozen=True, slots=True)
class Reached:
    """One case that a plan reaches: whose it is, what, by when."""

    organization: Organization
    label: str
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a plan about cases reaches today, the first due first, and how many were due before it
    began, which it leaves alone."""

    rows: list[Reached]
    before: int


def reach(plan: Plan) -> Reach:
    """Whom the plan, stored or not, reaches today. Three queries."""
    day = clock.today()
    here = {one.pk: one for one in concerned(plan, day)}
    kind = fulfilment.of(plan)
    cases = fulfilment.cases_within(kind, day, lead_of(plan))
    rows, before = [], 0
    for case in cases:
        place = here.get(case.organization_id)
        if place is None or case.due_on is None:
            continue
        if case.due_on < plan.starts_on:
            before += 1
        else:
            rows.append(Reached(place, case.label, case.due_on))
    rows.sort(key=lambda row: (row.due_on, row.organization.path))
    return Reach(rows, before)


def is_stopped(plan: Plan) -> bool:
    """Whether the plan asks for no more cases after today; one that ends later runs still."""
    return plan.ends_on is not None and plan.ends_on <= clock.today()


def plans_about_cases() -> dict[str, Plan]:
    """Kind -> the plan about its cases: the one that runs, else the newest that has ended. One
    query."""
    found: dict[str, Plan] = {}
    today = clock.today()
    for plan in Plan.objects.filter(fulfilment__in=[kind.key for kind in kinds()]).order_by("pk"):
        other = found.get(plan.fulfilment)
        if other is None or other.has_ended(today):
            found[plan.fulfilment] = plan
    return found


def kinds() -> Iterable[Kind]:
    """The kinds of duties that begin with a case: those of organisations before those of members.
    No query."""
    rows = [kind for kind in fulfilment.kinds().values() if not kind.is_by_period]
    return sorted(rows, key=lambda kind: (kind.names_people, kind.key))


def open_cases(plan: Plan) -> tuple[int, int]:
    """How many cases of the plan are still to be done: due by today, and due later. Two queries."""
    rows = Duty.objects.outstanding().filter(plan=plan)
    today = clock.today()
    return rows.filter(due_on__lte=today).count(), rows.filter(due_on__gt=today).count()

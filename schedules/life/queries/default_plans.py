"""Plans of duties for every kind with a legal frequency: which there are, which are missing, and
what they would ask of each kind of organisation."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from core import clock, periods
from orgs.enums import BRANCH_KINDS, OrganizationKind
from orgs.models import Organization
from schedules.rounds.models import Plan
from schedules.rounds.queries.loads import Group, Rules, cap_now

from .. import definitions
from ..definitions import USUAL
from ..enums import MeetingKind
from ..rules import RULES, key_of

_COMMITTEE = key_of(MeetingKind.COMMITTEE_MEETING)
MONTHS = {"month": 12, "quarter": 4, "half_year": 2, "year": 1}  # periods a year


@dataclass(frozen=True, slots=True)
class UsualPlan:
    """A kind with its plan: `existing` is one that fulfils it already, `namesake` another one that
    has its name; `plan` is what would be made, not stored."""

    kind: MeetingKind
    plan: Plan
    existing: Plan | None = None
    namesake: Plan | None = None

    @property
    def is_missing(self) -> bool:
        """Whether it would be made."""
        return self.existing is None and self.namesake is None


@dataclass(frozen=True, slots=True)
class Burden:
    """What the plans ask of one kind of organisation: duties, and minutes of the heaviest month
    with everything else that is asked of it."""

    kind: str
    has_committee: bool
    count: int
    a_month: float  # duties, as the mean of the year
    a_year: int
    minutes: float  # of the heaviest month, with what is asked already
    cap: int


def first_day_of(day: dt.date, *, whole_year: bool) -> dt.date:
    """From which day the plans are to hold: from the month's first, or from the year's."""
    return day.replace(month=1, day=1) if whole_year else day.replace(day=1)


def usual_plans(starts_on: dt.date | None = None) -> list[UsualPlan]:
    """A plan for each kind, from the day on, with what there is of it already. One query."""
    there = list(Plan.objects.in_order())
    starts = starts_on or first_day_of(clock.today(), whole_year=False)
    found = []
    for place, (kind, (kinds, about, basis)) in enumerate(USUAL.items()):
        rule = RULES[kind]
        plan = Plan(
            name=str(kind.label),
            about=about,
            basis=basis,
            fulfilment=key_of(kind),
            kinds=kinds,
            cadence=rule.cadence or "",
            required_count=rule.count,
            position=definitions.FIRST_POSITION + place,
            opens_day=definitions.OPENS_DAY,
            due_day=definitions.DUE_DAY,
            grace_working_days=definitions.GRACE_WORKING_DAYS,
            steps=list(definitions.STEPS),
            starts_on=starts,
        )
        own = [one for one in there if one.fulfilment == plan.fulfilment]
        running = [one for one in own if not one.has_ended(clock.today())]
        existing = next(iter(running or own), None)
        namesake = next((one for one in there if one.name == plan.name and one not in own), None)
        found.append(UsualPlan(kind, plan, existing, namesake))
    return found


def values_of(plan: Plan) -> dict[str, object]:
    """The columns of a plan that is to be made. No query."""
    names = (
        *("name", "about", "basis", "fulfilment", "kinds", "cadence", "required_count"),
        *("position", "opens_day", "due_day", "grace_working_days", "steps", "starts_on"),
    )
    return {name: getattr(plan, name) for name in names}


def burdens(plans: Sequence[UsualPlan]) -> list[Burden]:
    """What all of them ask of each kind of organisation together, those with a committee apart.
    Four queries, however many organisations there are."""
    today = clock.today()
    rows = (
        Organization.objects.active(today)
        .filter(kind__in=[*BRANCH_KINDS, OrganizationKind.PARTY_GROUP])
        .order_by()
        .values_list("kind", "has_committee")
        .annotate(n=Count("pk"))
    )
    sizes: dict[tuple[str, bool], int] = {}
    for kind, has_committee, number in rows:
        key = (kind, has_committee and kind != OrganizationKind.PARTY_GROUP)
        sizes[key] = sizes.get(key, 0) + number
    rules, (cap, _) = Rules.load(), cap_now()
    rules = Rules([*rules.plans, *(one.plan for one in plans if one.is_missing)], rules.definitions)
    asked = [one.existing or one.plan for one in plans if one.existing or one.is_missing]
    months = [periods.shift(periods.containing(today, periods.MONTH), step) for step in range(12)]
    found = []
    for (kind, has_committee), count in sorted(sizes.items()):
        owed = [
            plan
            for plan in asked
            if kind in plan.kinds and (has_committee or plan.fulfilment != _COMMITTEE)
        ]
        group, out = Group(kind, ""), 0.0
        if not has_committee:  # they are asked for in `rules` and hold none
            skipped = [one for one in asked if one.fulfilment == _COMMITTEE and kind in one.kinds]
            out = sum(RULES[MeetingKind.COMMITTEE_MEETING].minutes for _ in skipped)
        year = sum(MONTHS[plan.cadence] * plan.required_count for plan in owed)
        heaviest = max(sum(rules.parts(group, month).values()) for month in months)
        left = max(heaviest - out, 0.0)
        found.append(Burden(kind, has_committee, count, round(year / 12, 1), year, left, cap))
    return found

"""How many minutes a month asks of an organisation: plan by plan, beside last year and the cap.

Minutes are estimated from what was written, else those that the kinds of items and of duties
register; no time is measured. A
month holds what falls due for it: the periods that end in it. Plans about cases are left out:
nobody has them every time.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Q

from core import clock, periods
from orgs.enums import OrganizationKind
from orgs.models import Organization

from .. import fulfilment, item_kinds
from ..asks import Group
from ..enums import DutyState
from ..models import BurdenCap, Duty, Plan, ReportDefinition
from .definitions import among
from .estimates import Estimates
from .openings import first_period, is_within, opens_on

DEFAULT_CAP = 60  # minutes a month, until the zone sets another
AHEAD = 12  # so many months are looked at
YEAR = 12
FURTHEST = 2190  # periods end with 2200


Sizes = Mapping[Group, int]


@dataclass(frozen=True, slots=True)
class Excess:
    """A month beside the cap: how many organisations come to more, and who has the most."""

    month: str
    groups: tuple[Group, ...]  # those that have the most
    count: int  # above the cap
    minutes: float
    cap: int


@dataclass(slots=True)
class Load:
    """A month of those whom something reaches, as the mean of an organisation, and what is the most
    in the year from then on."""

    month: str
    cap: int
    parts: list[tuple[str, float, bool]] = field(default_factory=list)  # plan, minutes, for all
    last_year: float | None = None
    heaviest: Excess | None = None  # the most there is in the year, over the cap or not
    excess: Excess | None = None  # over the cap, and more than without the change

    @property
    def minutes(self) -> float:
        """All of it."""
        return round(sum(minutes for _, minutes, _ in self.parts), 1)

    @property
    def is_over(self) -> bool:
        """Whether some month of the year is above the cap, with or without the change."""
        return self.heaviest is not None and self.heaviest.minutes > self.heaviest.cap


class Rules:
    """All plans and published forms as they are, or with one changed: `draft` as if it were in
    force, `plan` as if it were kept."""

    def __init__(
        self,
        plans: Iterable[Plan],
        definitions: Iterable[ReportDefinition],
        *,
        draft: ReportDefinition | None = None,
        plan: Plan | None = None,
        estimates: Estimates | None = None,
    ) -> None:
        self.estimates = estimates or Estimates({})
        self.plans = [one for one in plans if plan is None or one.pk != plan.pk]
        self.plans += [plan] if plan is not None else []
        self.definitions = list(definitions)
        self.draft = draft
        self._forms: dict[tuple[int | None, str], Callable[[Group], ReportDefinition | None]] = {}

    @classmethod
    def load(cls) -> "Rules":
        """As they are, with how long each item takes. Three queries."""
        forms = ReportDefinition.objects.filter(is_published=True).order_by("key", "version")
        return cls(Plan.objects.in_order(), forms, estimates=Estimates.load())

    def with_draft(self, draft: ReportDefinition) -> "Rules":
        """The same with the draft in force."""
        return Rules(self.plans, self.definitions, draft=draft, estimates=self.estimates)

    def with_plan(self, plan: Plan) -> "Rules":
        """The same with the plan as given."""
        return Rules(self.plans, self.definitions, plan=plan, estimates=self.estimates)

    def form_of(self, plan: Plan, group: Group, period: str) -> ReportDefinition | None:
        """The form on which the group reports."""
        key = (plan.pk, period)
        if key not in self._forms:
            own = [one for one in self.definitions if one.plan_id == plan.pk]
            also = self.draft if self.draft and self.draft.plan_id == plan.pk else None
            self._forms[key] = among(own, period, also=also, on=opens_on(plan, period))
        return self._forms[key](group)

    @cached_property
    def _by_pk(self) -> tuple[Mapping[int, Plan], Mapping[int | None, ReportDefinition]]:
        forms: dict[int | None, ReportDefinition] = {form.pk: form for form in self.definitions}
        return {plan.pk: plan for plan in self.plans}, forms

    def minutes_of_duty(self, plan_id: int, form_id: int | None, period: str) -> float:
        """What a duty of the plan took once, by the form on which it was reported, if it was."""
        plans, forms = self._by_pk
        if form_id in forms:
            return self.minutes_of(forms[form_id], period)
        return fulfilment.of(plans[plan_id]).minutes if plan_id in plans else 0

    def minutes_of(self, form: ReportDefinition, period: str) -> float:
        """What a report of the period on the form takes."""
        return self.estimates.minutes(form.key, item_kinds.asked(form.items, period))

    def parts(self, group: Group, month: str) -> dict[str, float]:
        """Plan -> minutes that the group has in the month."""
        found: dict[str, float] = defaultdict(float)
        for plan in self.plans:
            kind = fulfilment.of(plan)
            if not kind.is_by_period or not owes(plan, group):
                continue
            for period in ending_in(month, plan.cadence):
                if not is_within(plan, period):
                    continue
                if kind.has_forms and plan.pk is not None:
                    form = self.form_of(plan, group, period)
                    minutes = self.minutes_of(form, period) if form else 0
                else:
                    minutes = kind.minutes
                found[plan.name] += minutes * plan.required_count
        return {name: minutes for name, minutes in found.items() if minutes}


def owes(plan: Plan, group: Group) -> bool:
    """Whether the plan is for organisations of the group. No queries."""
    if group.kind not in plan.kinds:
        return False
    if group.kind == OrganizationKind.PARTY_GROUP and not fulfilment.of(plan).takes_groups:
        return False
    return not plan.classes or group.organization_class in plan.classes


def ending_in(month: str, cadence: str) -> list[str]:
    """The periods of the cadence that end in the month: one or none."""
    period = periods.containing(periods.last_day(month), cadence)
    return [period] if periods.last_day(period) == periods.last_day(month) else []


def cap_now() -> tuple[int, BurdenCap | None]:
    """The minutes, and the row that set them; none while the default holds. One query."""
    newest = BurdenCap.objects.first()
    return (newest.minutes if newest else DEFAULT_CAP), newest


def sizes_on(month: str) -> dict[Group, int]:
    """How many organisations there are of each group at the month's end. One query."""
    rows = Organization.objects.active(periods.last_day(month)).order_by()
    counted = rows.values_list("kind", "organization_class").annotate(count=Count("pk"))
    return {Group(kind, group): count for kind, group, count in counted}


def load_of(
    month: str,
    *,
    after: Rules,
    before: Rules,
    reaches: Callable[[Group], bool],
    with_last_year: bool = True,
) -> Load:
    """What the month and those after it ask of whom `reaches` names, after a change and before.
    Two queries, and two for last year."""
    cap, _ = cap_now()
    sizes = {group: count for group, count in sizes_on(month).items() if reaches(group)}
    load = Load(month, cap)
    total = sum(sizes.values())
    if not total:
        return load
    sums: dict[str, float] = defaultdict(float)
    having: dict[str, int] = defaultdict(int)
    for group, count in sizes.items():
        for name, minutes in after.parts(group, month).items():
            sums[name] += count * minutes
            having[name] += count
    load.parts = [
        (name, round(minutes / total, 1), having[name] == total) for name, minutes in sums.items()
    ]
    for step in range(AHEAD):
        ahead = periods.shift(month, step)
        asked = {group: sum(after.parts(group, ahead).values(), 0.0) for group in sizes}
        more = {
            group: minutes
            for group, minutes in asked.items()
            if minutes > cap and minutes > sum(before.parts(group, ahead).values())
        }
        load.heaviest = _heavier(load.heaviest, _beside(ahead, asked, sizes, cap))
        if more:
            load.excess = _heavier(load.excess, _beside(ahead, more, sizes, cap))
    if with_last_year:
        past = last_year(month, sizes, after)
        owing = sum(count for _, count in past.values())
        if owing:
            load.last_year = round(sum(minutes for minutes, _ in past.values()) / owing, 1)
    return load


def _beside(month: str, minutes: Mapping[Group, float], sizes: Sizes, cap: int) -> Excess:
    most = max(minutes.values())
    return Excess(
        month,
        tuple(group for group, sum_ in minutes.items() if sum_ == most),
        sum(sizes[group] for group, sum_ in minutes.items() if sum_ > cap),
        most,
        cap,
    )


def _heavier(known: Excess | None, other: Excess) -> Excess:
    return other if known is None or other.minutes > known.minutes else known


def last_year(month: str, groups: Iterable[Group], rules: Rules) -> dict[Group, tuple[float, int]]:
    """What the same month of last year asked of the groups as they are today: minutes of all, and
    how many organisations had something to do. By the duties that there were, with the forms on
    which they were. Two queries, however many duties."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for group in groups:
        wanted[group.kind].append(group.organization_class)
    if not wanted:
        return {}
    then = periods.shift(month, -YEAR)
    named = [one for cadence in periods.CADENCES for one in ending_in(then, cadence)]
    places = Q()
    for kind, classes in wanted.items():
        places |= Q(organization__kind=kind, organization__organization_class__in=classes)
    rows = (
        Duty.objects.filter(places, subject_kind="", period__in=named)
        .exclude(state=DutyState.WAIVED)
        .order_by()
    )
    columns = ("organization__kind", "organization__organization_class")
    owing = rows.values_list(*columns).annotate(n=Count("organization", distinct=True))
    found: dict[Group, float] = defaultdict(float)
    sums = rows.values_list(*columns, "plan", "report__definition", "period", "required_count")
    for kind, group, plan_id, form_id, period, times, count in sums.annotate(n=Count("pk")):
        minutes = rules.minutes_of_duty(plan_id, form_id, period)
        found[Group(kind, group)] += minutes * times * count
    return {Group(kind, group): (found[Group(kind, group)], count) for kind, group, count in owing}


@dataclass(frozen=True, slots=True)
class GroupLoad:
    """A month of one group."""

    group: Group
    count: int
    minutes: float
    last_year: float | None
    heaviest: Excess


def by_group(month: str) -> list[GroupLoad]:
    """The month of each group that has something to do within a year, the heaviest first. Seven
    queries."""
    rules, (cap, _) = Rules.load(), cap_now()
    sizes = sizes_on(month)
    past = last_year(month, sizes, rules)
    rows = []
    for group, count in sizes.items():
        ahead = [periods.shift(month, step) for step in range(AHEAD)]
        sums = {one: sum(rules.parts(group, one).values()) for one in ahead}
        most = max(ahead, key=lambda one: sums[one])
        if not sums[most]:
            continue
        minutes, owing = past.get(group, (0.0, 0))
        then = round(minutes / owing, 1) if owing else None
        heaviest = _beside(most, {group: sums[most]}, sizes, cap)
        rows.append(GroupLoad(group, count, round(sums[month], 1), then, heaviest))
    return sorted(rows, key=lambda row: (-row.heaviest.minutes, -row.count))


def load_of_draft(draft: ReportDefinition, month: str, *, with_last_year: bool = True) -> Load:
    """The month and those after it for whom the draft would be, if it were in force. Five queries,
    and two for last year."""
    before = Rules.load()
    after = before.with_draft(draft)

    def reaches(group: Group) -> bool:
        if not owes(draft.plan, group):
            return False
        form = after.form_of(draft.plan, group, month)
        return form is not None and form.pk == draft.pk

    return load_of(
        month, after=after, before=before, reaches=reaches, with_last_year=with_last_year
    )


def load_of_plan(plan: Plan, *, with_last_year: bool = False) -> Load | None:
    """The month in which the plan's first period ends, and those after it, for whom it is, if it
    were kept as given; None for one about cases, and where it begins beyond all months. Queries as
    for a draft."""
    if not fulfilment.of(plan).is_by_period or plan.starts_on.year > FURTHEST:
        return None
    before = Rules.load()
    ends_on = periods.last_day(first_period(plan))
    return load_of(
        periods.containing(max(clock.today(), ends_on), periods.MONTH),
        after=before.with_plan(plan),
        before=before,
        reaches=lambda group: owes(plan, group),
        with_last_year=with_last_year,
    )

"""What plans and forms ask for, as lines of the register, and what their duties asked in past months."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Count
from django.urls import reverse

from core import clock, periods
from core.actor import Actor
from orgs.enums import OrganizationKind
from orgs.models import Organization

from .. import fulfilment
from ..asks import Ask, Group, Minutes, Reuse, Total, Totals
from ..enums import DutyState
from ..item_kinds.known import known
from ..models import Duty, Plan, ReportDefinition
from .definitions import meant_for, newest_of
from .loads import Rules, Sizes, ending_in, owes, sizes_on
from .openings import is_within, opens_on

PLANNED = "plans"  # the source


def zone_name() -> str:
    """Who asks for what the zone asks for. One query."""
    rows = Organization.objects.filter(kind=OrganizationKind.WORK_COMMITTEE)
    return str(rows.order_by("path").first() or "")


def asks_of_plans(actor: Actor, year: int) -> list[Ask]:
    """Plans and forms that go on, those that have run out among them, but none that has ended. Five
    queries."""
    today = clock.today()
    rules, by = Rules.load(), zone_name()
    sizes = sizes_on(periods.containing(today, periods.MONTH))
    found: list[Ask] = []
    for plan in rules.plans:
        if plan.has_ended(today):
            continue
        kind = fulfilment.of(plan)
        if kind.has_forms:
            found += _asks_of_forms(plan, rules, sizes, year, by)
        else:
            cost = kind.cost(plan) if kind.cost is not None else kind.minutes
            times = _times(plan, year) * plan.required_count if kind.is_by_period else None
            reach = {group: n for group, n in sizes.items() if owes(plan, group)}
            found.append(
                Ask(
                    source=PLANNED,
                    key=f"plan:{plan.pk}",
                    title=plan.name,
                    by=by,
                    is_of_zone=True,
                    minutes=Minutes(float(cost), 0, 1),
                    groups=reach,
                    number=plan.number,
                    basis=plan.basis,
                    expires_on=plan.valid_until,
                    times=times,
                    url=f"{reverse('schedules:plan-list')}#plan-{plan.pk}",
                )
            )
    return found


def _asks_of_forms(plan: Plan, rules: Rules, sizes: Sizes, year: int, by: str) -> Iterable[Ask]:
    period = periods.containing(max(clock.today(), plan.starts_on), plan.cadence)
    newest = newest_of((one for one in rules.definitions if one.plan_id == plan.pk), period)
    reach: dict[int, dict[Group, int]] = defaultdict(dict)
    for group, count in sizes.items():
        form = meant_for(newest.values(), group) if owes(plan, group) else None
        if form is not None:
            reach[form.pk][group] = count
    for form in newest.values():
        yield Ask(
            source=PLANNED,
            key=f"form:{form.pk}",
            title=str(form),
            by=by,
            is_of_zone=True,
            minutes=rules.estimates.of_form(form.key, form.items),
            groups=reach[form.pk],
            number=form.number,
            basis=plan.basis,
            expires_on=min(filter(None, (form.valid_until, plan.valid_until)), default=None),
            times=_times(plan, year, form) * plan.required_count,
            url=reverse("schedules:definition-detail", args=[form.pk]),
            reuses=reuses(form, plan.cadence),
        )


def reuses(form: ReportDefinition, cadence: str) -> list[Reuse]:
    """What the form asks for though a figure says it. No queries."""
    asked = known(form.items, cadence).values()
    return [Reuse(one.title, one.label, one.source) for one in asked]


def _times(plan: Plan, year: int, form: ReportDefinition | None = None) -> int:
    named = [
        one
        for month in periods.of_year(year, periods.MONTH)
        for one in ending_in(month, plan.cadence)
    ]
    return sum(
        is_within(plan, period)
        and not (form is not None and form.has_expired(opens_on(plan, period)))
        for period in named
    )


def totals_of_duties(months: Sequence[str]) -> Totals:
    """What the duties that fell due with these months asked of each group, by the forms on which they
    were. Four queries, however many duties; counted behind."""
    rules = Rules.load()
    in_month = {
        period: month
        for month in months
        for cadence in periods.CADENCES
        for period in ending_in(month, cadence)
    }
    rows = (
        Duty.objects.filter(subject_kind="", period__in=list(in_month))
        .exclude(state=DutyState.WAIVED)
        .order_by()
        .values_list(
            *("organization__kind", "organization__organization_class"),
            *("plan", "report__definition", "period", "required_count"),
        )
        .annotate(n=Count("pk"))
    )
    sums: dict[tuple[Group, str], float] = defaultdict(float)
    asked: dict[tuple[Group, str], int] = defaultdict(int)
    for kind, group, plan_id, form_id, period, times, count in rows:
        minutes = rules.minutes_of_duty(plan_id, form_id, period)
        place = Group(kind, group), in_month[period]
        sums[place] += minutes * times * count
        asked[place] += times * count
    return {place: Total(round(sums[place], 1), asked[place]) for place in sums}

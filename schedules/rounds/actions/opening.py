"""Opening a period: one duty, and where the plan has a form one draft, for each organisation."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from core import audit, clock, periods
from core.actions import action
from core.actor import Actor
from core.periods import WorkCalendar
from orgs.models import Organization

from ..definitions import DEFAULTS, PLAN_KEY, PLAN_KINDS
from ..enums import DutyState, ItemKind
from ..models import Duty, MonthlyReport, Plan, ReportDefinition, ReportItem
from ..queries.calendar import end_of, load
from ..queries.definitions import definition_for
from . import rollups


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
    due_on = calendar.nth_of_month(following, plan.due_day)
    late_on = calendar.add_working_days(due_on, plan.grace_working_days)
    locks_at = None
    if plan.lock_working_days is not None:
        locks_at = end_of(calendar.add_working_days(due_on, plan.lock_working_days))
    return Moments(due_on, end_of(due_on), end_of(late_on), locks_at)


def opens_on(plan: Plan, period: str) -> dt.date:
    """The day from which a duty of `plan` for `period` can be worked on."""
    first, last = periods.first_day(period), periods.last_day(period)
    if plan.opens_day > 0:
        return min(first + dt.timedelta(days=plan.opens_day - 1), last)
    return max(first, last + dt.timedelta(days=plan.opens_day + 1))


def concerned(plan: Plan, period: str) -> QuerySet[Organization]:
    """The organisations that owe `plan` for `period`: of its kinds and classes, founded by the
    period's last day and not abolished by then."""
    organizations = Organization.objects.active(periods.last_day(period)).filter(
        kind__in=plan.kinds
    )
    if plan.classes:
        organizations = organizations.filter(organization_class__in=plan.classes)
    return organizations


@action
def install_defaults(*, by: Actor) -> Plan:
    """The plan and the forms a new installation starts with. Idempotent."""
    now = clock.now()
    ReportDefinition.objects.bulk_create(
        [
            ReportDefinition(
                **definition, version=1, is_published=True, created_at=now, created_by_name=by.name
            )
            for definition in DEFAULTS
        ],
        ignore_conflicts=True,
    )
    plan, created = Plan.objects.get_or_create(
        key=PLAN_KEY,
        defaults={
            "name": "月报",
            "about": "每月一次，次月 5 日前报送，遇休息日顺延。",
            "kinds": PLAN_KINDS,
            "definition_key": "monthly",
            "starts_on": clock.today().replace(day=1),
        },
    )
    if created:
        audit.record(by=by, verb="schedules.plan.create", obj=plan)
    return plan


@action
def open_period(*, plan: Plan, period: str, by: Actor) -> int:
    """Opens `period` of `plan` for every organisation concerned; returns how many duties are new.

    Safe to repeat and to run at the same time: what exists stays as it is. A fixed number of
    queries however many organisations there are. Raises ValueError when `period` is none.
    """
    # Whoever opens the same plan at the same moment waits, and finds it done.
    Plan.objects.select_for_update().filter(pk=plan.pk).first()
    calendar = load()
    when = moments(plan, period, calendar)
    now = clock.now()
    known = set(
        Duty.objects.filter(plan=plan, period=period).values_list("organization_id", flat=True)
    )
    fresh = [row for row in concerned(plan, period) if row.pk not in known]
    if fresh:
        Duty.objects.bulk_create(
            [
                Duty(
                    plan=plan,
                    organization=organization,
                    period=period,
                    due_on=when.due_on,
                    due_at=when.due_at,
                    late_after=when.late_after,
                    locks_at=when.locks_at,
                    opened_at=now,
                )
                for organization in fresh
            ],
            ignore_conflicts=True,
            batch_size=500,
        )
        rollups.mark(plan_id=plan.pk, period=period, organization_ids=[one.pk for one in fresh])
        audit.record(
            by=by,
            verb="schedules.duty.open",
            obj=plan,
            label=f"{plan.name} {periods.label(period)}",
            changes={"duties": [0, len(fresh)]},
        )
    if plan.definition_key:
        _open_reports(plan, period)
    return len(fresh)


def _open_reports(plan: Plan, period: str) -> None:
    """A draft for each duty that has none, with its items."""
    duties = list(
        Duty.objects.filter(plan=plan, period=period, report=None)
        .exclude(state=DutyState.WAIVED)
        .select_related("organization")
    )
    if not duties:
        return
    choose = definition_for(period)
    chosen = [(duty, choose(duty.organization)) for duty in duties]
    MonthlyReport.objects.bulk_create(
        [
            MonthlyReport(
                duty=duty,
                organization_id=duty.organization_id,
                period=period,
                definition=definition,
            )
            for duty, definition in chosen
            if definition is not None
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    # Read back: on a conflict the row is somebody else's, with his primary key.
    reports = MonthlyReport.objects.filter(
        duty__plan=plan, period=period, items=None
    ).select_related("definition")
    ReportItem.objects.bulk_create(
        [item for report in reports for item in empty_items(report)],
        ignore_conflicts=True,
        batch_size=500,
    )


def empty_items(report: MonthlyReport) -> list[ReportItem]:
    """The items of a fresh report, by its definition."""
    return [
        ReportItem(
            report=report,
            position=position,
            key=spec["key"],
            title=spec["title"],
            kind=spec["kind"],
            value=empty_value(spec["kind"]),
        )
        for position, spec in enumerate(report.definition.items, start=1)
    ]


def empty_value(kind: str) -> dict[str, Any]:
    """The value of an item nobody has filled in yet."""
    blank: dict[ItemKind, dict[str, Any]] = {
        ItemKind.FIGURES: {"figures": []},
        ItemKind.TEXT: {"text": ""},
        ItemKind.ENTRIES: {"entries": []},
        ItemKind.FILES: {},
    }
    return blank[ItemKind(kind)]


@action
def open_due_periods(*, by: Actor) -> int:
    """Opens whatever should be open today: the current period of each plan once its day has
    come, and the one before if nobody was there to open it. Returns the number of new duties."""
    today = clock.today()
    opened = 0
    plans = Plan.objects.filter(starts_on__lte=today).exclude(ends_on__lt=today)
    for plan in plans:
        current = periods.containing(today, plan.cadence)
        for period in (periods.shift(current, -1), current):
            if periods.last_day(period) >= plan.starts_on and opens_on(plan, period) <= today:
                opened += open_period(plan=plan, period=period, by=by)
    waive_closed(by=by)
    return opened


@action
def waive_closed(*, by: Actor) -> int:
    """Waives what abolished organisations still owe; returns how many duties."""
    today = clock.today()
    rows = Duty.objects.outstanding().filter(organization__abolished_on__lte=today)
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    for plan_id, period, organization_id in rows.values_list("plan", "period", "organization"):
        groups[plan_id, period].append(organization_id)
    count = Duty.machine.move_many(
        rows, "waive", waived_reason="组织已撤销", finished_at=clock.now()
    )
    for (plan_id, period), ids in groups.items():
        rollups.mark(plan_id=plan_id, period=period, organization_ids=ids)
    if count:
        audit.record(
            by=by, verb="schedules.duty.waive", label="组织已撤销", changes={"duties": [0, count]}
        )
    return count

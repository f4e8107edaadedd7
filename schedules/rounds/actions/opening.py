"""Opening: a duty for each organisation concerned when a period comes, or for each case that runs,
and the record that will fulfil it where its kind has one."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core import audit, clock, periods
from core.actions import action
from core.actor import Actor
from core.errors import DomainError

from .. import fulfilment
from ..definitions import DEFAULTS, PLAN_BASIS, PLAN_KEY, PLAN_KINDS
from ..enums import DutyState
from ..fulfilment import Kind, Subject
from ..models import Duty, Plan, Report, ReportDefinition, ReportItem
from ..models.duty import DutyQuerySet
from ..queries.calendar import load, noon_of
from ..queries.cases import lead_of, to_begin
from ..queries.definitions import definition_for, empty_items
from ..queries.openings import (
    Moments,
    concerned,
    concerned_by_period,
    is_within,
    moments,
    moments_after,
    moments_of_latecomer,
    opens_on,
    untouched,
)
from ..rules import FORMS, PLANS, usual_validity
from . import fulfilling, phases, register, rollups

Case = tuple[int, int, dt.date | None]  # organisation, subject, day
ENDED = "计划已停用"  # why what a plan asked for is waived; it may begin again


@action
def install_defaults(*, by: Actor, forms: Sequence[Mapping[str, Any]] = DEFAULTS) -> Plan:
    """The plan and the forms a new installation starts with. Idempotent: a plan that has forms keeps
    those, since a form that a later release brings could be for whom staff have made one."""
    plan, created = Plan.objects.get_or_create(
        key=PLAN_KEY,
        defaults={
            "name": "月报",
            "about": "每月一次，次月 5 日前报送，遇休息日顺延。",
            "basis": PLAN_BASIS,
            "kinds": PLAN_KINDS,
            "position": 1,
            "starts_on": clock.today().replace(day=1),
            "valid_until": usual_validity(clock.today()),
        },
    )
    if created:
        Plan.objects.filter(pk=plan.pk).update(number=register.take(kind=PLANS, by=by))
    if not plan.definitions.exists():
        install_forms(plan=plan, forms=forms, by=by)
    if created:
        audit.record(by=by, verb="schedules.plan.create", obj=plan)
    return plan


@action
def install_forms(*, plan: Plan, forms: Sequence[Mapping[str, Any]], by: Actor) -> None:
    """First versions of a plan's forms, in force from the beginning; those that there are stay."""
    now, known = clock.now(), set(ReportDefinition.objects.values_list("key", flat=True))
    forms = [form for form in forms if form["key"] not in known]
    numbers = register.take_many(kind=FORMS, count=len(forms), by=by)
    ReportDefinition.objects.bulk_create(
        [
            ReportDefinition(
                **form,
                plan=plan,
                version=1,
                is_published=True,
                number=number,
                valid_until=usual_validity(clock.today()),
                created_at=now,
                created_by_name=by.name,
            )
            for form, number in zip(forms, numbers, strict=True)
        ],
        ignore_conflicts=True,
    )


@action
def open_period(*, plan: Plan, period: str, by: Actor) -> int:
    """Opens `period` of `plan` for every organisation concerned; returns how many duties are new.

    An organisation for which the plan has no fitting form gets no duty that it could not fulfil;
    the plan's page counts those. What records of another slice fulfil counts at once, where it was
    written down before. Safe to repeat and to run at the same time: what exists stays as it is. A
    fixed number of queries however many organisations there are. Raises ValueError when `period` is
    none, DomainError for a plan about cases.
    """
    return _open(plan, [period], by=by)


@action
def open_periods(*, plan: Plan, named: Sequence[str], by: Actor) -> int:
    """Opens several periods of `plan` at once, as `open_period` opens one; returns how many duties
    are new. A fixed number of queries however many periods there are too, unless the plan has
    forms."""
    return _open(plan, named, by=by)


def _open(plan: Plan, named: Sequence[str], *, by: Actor) -> int:
    kind = fulfilment.of(plan)
    if not kind.is_by_period:
        raise DomainError("这项计划按各件事的期限办理，不按期打开。", code="no_periods")
    # Whoever opens the same plan at the same moment waits, and finds it done.
    Plan.objects.select_for_update().filter(pk=plan.pk).first()
    calendar = load()
    whens = {period: moments(plan, period, calendar) for period in named}
    known = set(
        Duty.objects.filter(plan=plan, period__in=named).values_list("period", "organization_id")
    )
    begun = {period for period, _ in known}
    wanted: list[tuple[Subject, str, Moments]] = []
    for period, rows in concerned_by_period(plan, named).items():
        fresh = [row for row in rows if (period, row.pk) not in known]
        if kind.fitting is not None and fresh:
            fresh = kind.fitting(plan, period, fresh)
        when = whens[period]
        if period in begun:
            when = moments_of_latecomer(plan, when, calendar)
        wanted += [(Subject(row.pk), period, when) for row in fresh]
    _create(plan, wanted, label=_span(named), by=by)
    if kind.open is not None:
        for period in named:
            kind.open(plan, period)
    if kind.done is not None:
        owing = {pk for _, pk in known} | {subject.organization_id for subject, _, _ in wanted}
        days = [periods.last_day(period) for period in named]
        fulfilling.settle(kind=kind.key, organizations=owing, days=days, by=by)
    return len(wanted)


def _create(
    plan: Plan, wanted: Sequence[tuple[Subject, str, Moments]], *, label: str, by: Actor
) -> None:
    """Inserts the duties and has the figures above them counted."""
    if not wanted:
        return
    now = clock.now()
    duties = [
        Duty(
            plan=plan,
            organization_id=subject.organization_id,
            subject_kind=subject.kind,
            subject_id=subject.id,
            subject_label=subject.label[:120],
            period=period,
            begins_on=subject.begins_on,
            due_on=when.due_on,
            due_at=when.due_at,
            late_after=when.late_after,
            locks_at=when.locks_at,
            required_count=plan.required_count,
            needs_second_look=plan.needs_second_look,
            opened_at=now,
        )
        for subject, period, when in wanted
    ]
    for duty in duties:
        duty.phase = duty.phase_at(now)
    Duty.objects.bulk_create(duties, ignore_conflicts=True, batch_size=500)
    rollups.mark_each((plan.pk, period, one.organization_id) for one, period, _ in wanted)
    audit.record(
        by=by,
        verb="schedules.duty.open",
        obj=plan,
        label=f"{plan.name} {label}",
        changes={"duties": [0, len(wanted)]},
    )


def _span(named: Sequence[str]) -> str:
    first, last = named[0], named[-1]
    return (
        periods.label(first) if first == last else f"{periods.label(first)}至{periods.label(last)}"
    )


@action
def follow_cases(*, plan: Plan, by: Actor, subjects: Collection[int] | None = None) -> int:
    """Makes a duty for each case that runs, and closes those of cases that have stopped; returns
    how many duties are new, closed or open again. Of some `subjects` alone where they are given.

    A case whose day has moved gets another duty and the old one is waived, with the reason; what
    was done is done on the day it happened, and open again when it turns out that it was not. Safe
    to repeat and to run at the same time. A fixed number of queries however many cases there are.
    It reaches forward: what was due before the plan began is not asked for, and a changed lead
    leaves what was asked for already. A plan that has run out makes no duties; those that it has are
    closed when their cases are.
    """
    kind = fulfilment.of(plan)
    if kind.cases is None:
        return 0
    Plan.objects.select_for_update(no_key=True).filter(pk=plan.pk).first()
    today, calendar = clock.today(), load()
    rows = Duty.objects.filter(plan=plan, subject_kind=kind.key)
    if subjects is not None:
        rows = rows.filter(subject_id__in=subjects)
    known: dict[Case, str] = {
        (organization_id, subject_id, due_on): state
        for organization_id, subject_id, due_on, state in rows.values_list(
            "organization_id", "subject_id", "due_on", "state"
        )
    }
    ahead = max(((due_on - today).days for _, _, due_on in known if due_on), default=0)
    here = set(concerned(plan, today).values_list("pk", flat=True))
    running = {
        (case.organization_id, case.id, case.due_on): case
        for case in fulfilment.cases_within(kind, today, max(lead_of(plan), ahead))
        if case.organization_id in here and (subjects is None or case.id in subjects)
    }
    fresh = [
        (
            case,
            periods.containing(case.due_on, plan.cadence),
            moments_after(plan, case.due_on, calendar),
        )
        for case in ([] if plan.has_expired(today) else to_begin(plan, today))
        if case.due_on is not None
        and case.organization_id in here
        and (subjects is None or case.id in subjects)
        and (case.organization_id, case.id, case.due_on) not in known
    ]
    _create(plan, fresh, label=f"{today:%Y-%m-%d}", by=by)
    again = [key for key in running if known.get(key) == DutyState.ACCEPTED]
    reopened = _reopen(rows, again, by=by) if again else 0
    return len(fresh) + reopened + _close_stopped(plan, kind, rows, running.keys(), by=by)


@action
def follow_subjects(*, kind: str, subjects: Collection[int], by: Actor) -> int:
    """Follows the cases of these subjects at once, told by whoever has just changed them. Returns as
    `follow_cases`; one query where no plan asks for the kind."""
    rows = Plan.objects.begun(clock.today()).filter(fulfilment=kind).order_by("pk")
    return sum(follow_cases(plan=plan, by=by, subjects=subjects) for plan in rows)


def _reopen(rows: DutyQuerySet, again: Collection[Case], *, by: Actor) -> int:
    """What was taken for done and runs again. For a plan that is held."""
    found = rows.filter(state=DutyState.ACCEPTED, subject_id__in=[pk for _, pk, _ in again])
    duties = [
        duty
        for duty in found.select_related("plan").select_for_update(of=("self",), no_key=True)
        if (duty.organization_id, duty.subject_id, duty.due_on) in again
    ]
    for duty in duties:
        duty.done_count = 0
        duty.submitted_at = duty.sent_at = duty.finished_at = None
    Duty.machine.write(
        dict.fromkeys(duties, "lapse"), ["done_count", "submitted_at", "sent_at", "finished_at"]
    )
    rollups.mark_each((one.plan_id, one.period, one.organization_id) for one in duties)
    if duties:
        changes = {"reopened": [None, len(duties)]}
        audit.record(by=by, verb="schedules.duty.follow", obj=duties[0].plan, changes=changes)
    return len(duties)


def _close_stopped(
    plan: Plan, kind: Kind, rows: DutyQuerySet, running: Collection[Case], *, by: Actor
) -> int:
    open_ones = list(rows.outstanding().select_for_update(no_key=True))
    gone = [
        duty
        for duty in open_ones
        if (duty.organization_id, duty.subject_id, duty.due_on) not in running
    ]
    if not gone or kind.stopped is None:
        return 0
    moved = {(organization_id, subject_id) for organization_id, subject_id, _ in running}
    done_on = kind.stopped([duty.subject_id for duty in gone])
    now = clock.now()
    acts = {}
    for duty in gone:
        day = done_on.get(duty.subject_id)
        begun = duty.begins_on or periods.first_day(duty.period)
        if day is not None and (kind.is_once or day >= begun):
            acts[duty] = "accept"
            duty.done_count = duty.required_count
            duty.submitted_at = duty.sent_at = noon_of(day)
        else:
            acts[duty] = "waive"
            is_moved = (duty.organization_id, duty.subject_id) in moved
            duty.waived_reason = "期限已变更" if is_moved else "情形已不存在"
        duty.finished_at = now
    Duty.machine.write(
        acts, ["done_count", "submitted_at", "sent_at", "waived_reason", "finished_at"]
    )
    rollups.mark_each((plan.pk, one.period, one.organization_id) for one in gone)
    audit.record(
        by=by,
        verb="schedules.duty.follow",
        obj=plan,
        changes={
            "done": [None, sum(duty.state == DutyState.ACCEPTED for duty in gone)],
            "waived": [None, sum(duty.state == DutyState.WAIVED for duty in gone)],
        },
    )
    return len(gone)


# --- reports: a draft for each duty ---------------------------------------------------------


def open_reports(plan: Plan, period: str) -> None:
    """A draft for each duty that has none, with its items, on a form that has not run out. Five
    queries."""
    duties = list(
        Duty.objects.filter(plan=plan, period=period, report=None)
        .exclude(state=DutyState.WAIVED)
        .select_related("organization")
    )
    if not duties:
        return
    choose = definition_for(plan, period)
    chosen = [(duty, choose(duty.organization)) for duty in duties]
    Report.objects.bulk_create(
        [
            Report(
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
    reports = Report.objects.filter(duty__plan=plan, period=period, items=None).select_related(
        "definition"
    )
    ReportItem.objects.bulk_create(
        [item for report in reports for item in empty_items(report)],
        ignore_conflicts=True,
        batch_size=500,
    )


def renew_untouched(plan: Plan, period: str) -> int:
    """Puts drafts of the period that nobody has touched on the form that is in force for them now;
    returns how many. Begun ones and those sent stay as they are. Six queries.

    A page that shows such a draft is from then on made from an older revision.
    """
    choose = definition_for(plan, period)
    rows = untouched(plan, period).select_related("organization")
    changed = []
    for report in rows.select_for_update(of=("self",)):
        form = choose(report.organization)
        if form is not None and form.pk != report.definition_id:
            report.definition = form
            changed.append(report)
    Report.machine.write(dict.fromkeys(changed, "renew"), ["definition"])
    ReportItem.objects.filter(report__in=[report.pk for report in changed]).delete()
    ReportItem.objects.bulk_create(
        [item for report in changed for item in empty_items(report)], batch_size=500
    )
    return len(changed)


@action
def open_due_periods(*, by: Actor) -> int:
    """Opens whatever should be open today: the current period of each plan once its day has
    come, and the one before if nobody was there to open it; for plans about cases, whatever runs.
    A plan that has run out opens nothing, and what it has open stays. Returns the number of duties
    that are new or closed."""
    today = clock.today()
    opened = 0
    for plan in Plan.objects.begun(today).order_by("pk"):  # as whoever locks all of them does
        if not fulfilment.of(plan).is_by_period:
            opened += follow_cases(plan=plan, by=by)
            continue
        if plan.has_expired(today):
            continue
        current = periods.containing(today, plan.cadence)
        for period in (periods.shift(current, -1), current):
            if is_within(plan, period) and opens_on(plan, period) <= today:
                opened += open_period(plan=plan, period=period, by=by)
    waive_closed(by=by)
    waive_ended(by=by)
    phases.pass_moments(by=by)
    return opened


@action
def waive_ended(*, by: Actor) -> int:
    """Waives what plans that have ended would still ask for beyond their last day: periods that
    begin after it, and cases due after it; returns how many duties. What was owed by the last day
    stays owed."""
    ended = Plan.objects.filter(ends_on__lt=clock.today()).only("pk", "ends_on", "fulfilment")
    count = 0
    for plan in ended:
        beyond = Duty.objects.outstanding().filter(plan=plan, due_on__gt=plan.ends_on)
        if fulfilment.of(plan).is_by_period:
            named = beyond.order_by().values_list("period", flat=True).distinct()
            later = [one for one in named if periods.first_day(one) > (plan.ends_on or dt.date.max)]
            beyond = beyond.filter(period__in=later)
        count += _waive(beyond, ENDED, by=by)
    return count


@action
def waive_closed(*, by: Actor) -> int:
    """Waives what abolished organisations still owe; returns how many duties."""
    today = clock.today()
    rows = Duty.objects.outstanding().filter(organization__abolished_on__lte=today)
    return _waive(rows, "组织已撤销", by=by)


def _waive(rows: DutyQuerySet, reason: str, *, by: Actor) -> int:
    places = list(rows.values_list("plan_id", "period", "organization_id"))
    count = Duty.machine.move_many(rows, "waive", waived_reason=reason, finished_at=clock.now())
    rollups.mark_each(places)
    if count:
        audit.record(
            by=by, verb="schedules.duty.waive", label=reason, changes={"duties": [0, count]}
        )
    return count

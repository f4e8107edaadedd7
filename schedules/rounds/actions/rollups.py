"""Figures for every node of the tree, kept up to date behind the changes of duties.

A change leaves a mark in its own transaction; an effect takes down how the marked duties stand
now and rewrites the marked nodes and those above them. Values are counted from these standings and
written whole, so a run that was killed is simply run again. Standings that have passed are kept:
the rows behind a figure can be listed at any later time.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction
from django.urls import reverse

from core import audit, clock, effects, notifications, periods
from core.actions import action
from core.actor import Actor
from core.models import Effect
from orgs.models import Organization, RoleGrant
from orgs.permissions import Permission
from orgs.roles import holding

from ..models import Duty, DutyStanding, Plan, Rollup, RollupLedger, RollupMark
from ..queries import standings
from ..queries.calendar import load
from ..queries.rollups import WRITTEN, recount, stored, with_ancestors

KIND = "schedules.rollup"
# Above this many nodes the whole period is rewritten: one statement without a list of paths.
NODES_LISTED = 400


def mark(*, plan_id: int, period: str, organization_ids: Iterable[int]) -> None:
    """Says, in the running transaction, that duties changed there. Two inserts."""
    now = clock.now()
    marks = RollupMark.objects.bulk_create(
        [
            RollupMark(plan_id=plan_id, period=period, organization_id=pk, at=now)
            for pk in organization_ids
        ],
        batch_size=500,
    )
    if marks:
        # A key of its own for each change: one shared key would make all senders of a minute
        # wait for each other's commit. Whoever runs first takes all marks, the others find none.
        effects.enqueue(KIND, f"rollup:{plan_id}:{period}:{marks[0].pk}", plan=plan_id)


@effects.handler(KIND, label="报送汇总", lease_seconds=120)
def _refresh(effect: Effect) -> None:
    refresh(plan_id=effect.payload["plan"])


def refresh_all() -> int:
    """Writes the figures of every plan that has marks; returns how many nodes were written."""
    plans = RollupMark.objects.order_by("plan_id").values_list("plan_id", flat=True).distinct()
    return sum(refresh(plan_id=plan_id) for plan_id in list(plans))


def refresh(*, plan_id: int) -> int:
    """Rewrites the marked nodes of one plan and those above them; returns how many nodes."""
    if not RollupMark.objects.filter(plan_id=plan_id).exists():
        return 0
    with transaction.atomic():
        plan = _locked(plan_id)
        if plan is None:
            return 0
        # Read under the lock, before the duties: what these marks stand for is committed.
        marks = list(
            RollupMark.objects.filter(plan=plan).values_list("pk", "period", "organization_id")
        )
        by_period: dict[str, set[int]] = defaultdict(set)
        for _, period, organization_id in marks:
            by_period[period].add(organization_id)
        written = sum(_rewrite(plan, period, ids) for period, ids in sorted(by_period.items()))
        _remove([pk for pk, _, _ in marks])
    return written


def _locked(plan_id: int) -> Plan | None:
    """The plan, with its ledger locked until the end of the transaction."""
    plan = Plan.objects.filter(pk=plan_id).first()
    if plan is not None:
        RollupLedger.objects.bulk_create([RollupLedger(plan=plan)], ignore_conflicts=True)
        RollupLedger.objects.select_for_update().get(plan=plan)
    return plan


def _remove(ids: list[int]) -> None:
    for start in range(0, len(ids), 500):
        RollupMark.objects.filter(pk__in=ids[start : start + 500]).delete()


def _rewrite(plan: Plan, period: str, organization_ids: Collection[int]) -> int:
    """Writes the figures of the organisations and of all above them, where they stood before and
    where they stand now; all of the period when they are many."""
    if len(organization_ids) > NODES_LISTED:
        return _write_all(plan, period)
    as_of = _moment(plan)
    places = _take_down(plan, period, organization_ids, as_of)
    rows = Rollup.objects.filter(plan=plan, period=period, organization__in=organization_ids)
    paths = with_ancestors(places | set(rows.values_list("path", flat=True)))
    return _write(plan, period, as_of, paths if len(paths) <= NODES_LISTED else None)


def _write_all(plan: Plan, period: str) -> int:
    """Takes down the whole period and writes all its figures."""
    as_of = _moment(plan)
    _take_down(plan, period, None, as_of)
    return _write(plan, period, as_of, None)


def _moment(plan: Plan) -> dt.datetime:
    """What the figures about to be written are as of: now, and later than all that were written
    before, also when the clock was set back. The ledger is locked."""
    ledger = RollupLedger.objects.get(plan=plan)
    now = clock.now()
    if ledger.as_of is not None and now <= ledger.as_of:
        now = ledger.as_of + dt.timedelta(microseconds=1)
    RollupLedger.objects.filter(plan=plan).update(as_of=now)
    return now


def _take_down(
    plan: Plan, period: str, organization_ids: Collection[int] | None, as_of: dt.datetime
) -> set[str]:
    """Ends the standings that hold no longer and begins those that do, of the organisations or of
    the whole period. Returns the paths of all of them, before and after."""
    before = standings.in_force(plan, period, organization_ids)
    after = standings.of_duties(plan, period, organization_ids)
    kept = {
        duty_id
        for duty_id, (_, facts) in before.items()
        if duty_id in after and after[duty_id][0] == facts
    }
    ended = [pk for duty_id, (pk, _) in before.items() if duty_id not in kept]
    for start in range(0, len(ended), 500):
        DutyStanding.objects.filter(pk__in=ended[start : start + 500]).update(until=as_of)
    DutyStanding.objects.bulk_create(
        [
            DutyStanding(
                plan=plan,
                duty_id=duty_id,
                period=period,
                organization_class=kind,
                since=as_of,
                **facts._asdict(),
            )
            for duty_id, (facts, kind) in after.items()
            if duty_id not in kept
        ],
        batch_size=500,
    )
    return {facts.path for _, facts in before.values()} | {
        facts.path for facts, _ in after.values()
    }


def _write(plan: Plan, period: str, as_of: dt.datetime, paths: Collection[str] | None) -> int:
    """Replaces the figures at `paths`, or all of the period, by what the standings give."""
    counted = standings.counted(plan, period, paths)
    old = Rollup.objects.filter(plan=plan, period=period)
    if paths is not None:
        ids = [row[0] for row in counted]
        old.filter(path__in=paths).delete()
        old.filter(organization__in=ids).delete()
    else:
        old.delete()
    Rollup.objects.bulk_create(
        [
            Rollup(
                plan=plan,
                period=period,
                organization_id=organization_id,
                path=path,
                as_of=as_of,
                **dict(zip(WRITTEN, figures, strict=True)),
            )
            for organization_id, path, *figures in counted
        ],
        batch_size=500,
    )
    return len(counted)


def differences(plan: Plan) -> dict[str, int]:
    """Period -> how many nodes' stored figures differ from a full recount, or stand otherwise than
    was taken down. Reads only."""
    found = {}
    for period in _periods(plan):
        wrong = {row[0] for row in set(recount(plan, period)) ^ set(stored(plan, period))}
        taken = {(duty, facts) for duty, (_, facts) in standings.in_force(plan, period).items()}
        stand = {(duty, facts) for duty, (facts, _) in standings.of_duties(plan, period).items()}
        wrong |= {facts.organization_id for _, facts in taken ^ stand}
        if wrong:
            found[period] = len(wrong)
    return found


def _periods(plan: Plan) -> list[str]:
    return sorted(
        {
            *Duty.objects.filter(plan=plan).values_list("period", flat=True).distinct(),
            *Rollup.objects.filter(plan=plan).values_list("period", flat=True).distinct(),
        }
    )


@action
def reconcile(*, by: Actor) -> dict[str, int]:
    """Compares all figures with a full recount and rewrites the periods that differ; returns
    `plan period` -> how many nodes were wrong. Repairs are audited and kept for the board."""
    repaired: dict[str, int] = {}
    for pk in list(Plan.objects.order_by("pk").values_list("pk", flat=True)):
        plan = _locked(pk)
        if plan is None:
            continue
        # What is only waiting is no difference: it is written first, under the same lock.
        refresh(plan_id=pk)
        wrong = differences(plan)
        # A change that was committed meanwhile has its mark, and will be written for it.
        moving = set(RollupMark.objects.filter(plan=plan).values_list("period", flat=True))
        wrong = {period: count for period, count in wrong.items() if period not in moving}
        for period in wrong:
            _write_all(plan, period)
        RollupLedger.objects.filter(plan=plan).update(
            compared_at=clock.now(), differences=sum(wrong.values())
        )
        if wrong:
            audit.record(
                by=by,
                verb="schedules.rollup.repair",
                obj=plan,
                changes={"differences": [sum(wrong.values()), 0], "periods": [None, list(wrong)]},
            )
        repaired |= {f"{plan.key} {period}": count for period, count in wrong.items()}
    return repaired


@action
def fill(*, by: Actor) -> int:
    """Counts every period of every plan anew and forgets the marks; returns how many nodes."""
    written = 0
    for pk in list(Plan.objects.order_by("pk").values_list("pk", flat=True)):
        plan = _locked(pk)
        if plan is None:
            continue
        marks = list(RollupMark.objects.filter(plan=plan).values_list("pk", flat=True))
        written += sum(_write_all(plan, period) for period in _periods(plan))
        _remove(marks)
    if written:
        audit.record(by=by, verb="schedules.rollup.fill", changes={"nodes": [None, written]})
    return written


def summary_periods(plan: Plan, today: dt.date) -> list[str]:
    """Periods whose deadline was passed on the working day before `today`, itself a working day."""
    calendar = load()
    if not calendar.is_working(today):
        return []
    since = calendar.add_working_days(today, -1)
    return list(
        Duty.objects.filter(plan=plan, due_on__gte=since, due_on__lt=today)
        .order_by("period")
        .values_list("period", flat=True)
        .distinct()
    )


@action
def send_summaries(*, by: Actor) -> int:
    """Tells whoever may remind at a committee how the month stands, once, on the first working
    day after the deadline; returns how many messages are new."""
    today = clock.today()
    people: dict[int, set[int]] = defaultdict(set)
    for organization_id, user_id in (
        RoleGrant.objects.current()
        .filter(role__in=holding(Permission.REPORT_REMIND), user__is_active=True)
        .values_list("organization_id", "user_id")
    ):
        people[organization_id].add(user_id)
    messages = []
    for plan in Plan.objects.all():
        wanted = summary_periods(plan, today)
        rows = Rollup.objects.filter(
            plan=plan, period__in=wanted, organization__in=people.keys()
        ).select_related("organization")
        for row in rows:
            if row.expected < 2 and row.organization.is_branch:
                continue
            messages += [_summary(plan, row, user) for user in sorted(people[row.organization_id])]
    told = notifications.tell(messages)
    if told:
        audit.record(by=by, verb="schedules.rollup.summary", changes={"messages": [None, told]})
    return told


def _summary(plan: Plan, row: Rollup, user_id: int) -> notifications.Message:
    what = f"{periods.label(row.period)}{plan.name}"
    address = f"?organization={row.organization_id}&period={row.period}"
    return notifications.Message(
        user_id=user_id,
        key=f"summary:{plan.pk}:{row.period}:{row.organization_id}:{user_id}",
        title=f"{what}已截止：{row.organization} {row.submitted}/{row.expected} 已报送",
        body=(
            f"按时 {row.on_time}，迟报 {row.late}，未报 {row.expected - row.submitted}，"
            f"退回待补 {row.returned}，已通过 {row.accepted}。"
        ),
        url=reverse("schedules:board") + address,
    )


def mark_moved(organizations: Iterable[Organization], on: dt.date) -> None:
    """Marks the duties of moved organisations for the periods that end on the day or later."""
    rows = (
        Duty.objects.filter(organization__in=[one.pk for one in organizations])
        .filter(period__gte=f"{on:%Y}")
        .values_list("plan_id", "period", "organization_id")
    )
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    for plan_id, period, organization_id in rows:
        if periods.last_day(period) >= on:
            groups[plan_id, period].append(organization_id)
    for (plan_id, period), ids in groups.items():
        mark(plan_id=plan_id, period=period, organization_ids=ids)

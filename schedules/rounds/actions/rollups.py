"""Figures for every node of the tree, kept up to date behind the changes of duties.

A change leaves a mark in its own transaction; an effect takes down how the marked duties stand
now and rewrites the marked nodes and those above them. Values are counted from these standings and
written whole, so a run that was killed is simply run again. Standings that have passed are kept:
the rows behind a figure can be listed at any later time.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.urls import reverse

from core import audit, clock, derived, notifications, periods
from core.actions import action
from core.actor import Actor
from core.batches import batched
from orgs.models import Organization, RoleGrant
from orgs.permissions import Permission
from orgs.roles import holding

from ..models import Duty, DutyStanding, Plan, Rollup, RollupLedger, RollupMark
from ..queries import standings
from ..queries.duties import periods_just_due
from ..queries.rollups import WRITTEN, with_ancestors
from ..queries.standings import differences, periods_of

# Above this many nodes the whole period is rewritten: one statement without a list of paths.
NODES_LISTED = 400


def mark(*, plan_id: int, period: str, organization_ids: Iterable[int]) -> None:
    """Says, in the running transaction, that duties changed there. Two inserts."""
    mark_each((plan_id, period, pk) for pk in organization_ids)


def mark_each(places: Iterable[tuple[int, str, int]]) -> None:
    """The same for duties of several plans or periods: (plan id, period, organisation id) of each.
    Two inserts, none where there are no places."""
    ROLLUPS.mark(
        RollupMark(plan_id=plan_id, period=period, organization_id=pk)
        for plan_id, period, pk in sorted(set(places))
    )


def refresh(*, plan_id: int) -> int:
    """Rewrites the marked nodes of one plan and those above them; returns how many nodes."""
    return ROLLUPS.refresh(plan_id)


def _write_marked(ledger: RollupLedger, marks: list[RollupMark]) -> int:
    by_period: dict[str, set[int]] = defaultdict(set)
    for one in marks:
        by_period[one.period].add(one.organization_id)
    return sum(_rewrite(ledger, period, ids) for period, ids in sorted(by_period.items()))


def _rewrite(ledger: RollupLedger, period: str, organization_ids: Collection[int]) -> int:
    """Writes the figures of the organisations and of all above them, where they stood before and
    where they stand now; all of the period when they are many."""
    if len(organization_ids) > NODES_LISTED:
        return _write_period(ledger, period)
    plan, as_of = ledger.plan, derived.moment(ledger)
    places = _take_down(plan, period, organization_ids, as_of)
    rows = Rollup.objects.filter(plan=plan, period=period, organization__in=organization_ids)
    paths = with_ancestors(places | set(rows.values_list("path", flat=True)))
    return _write(plan, period, as_of, paths if len(paths) <= NODES_LISTED else None)


def _write_period(ledger: RollupLedger, period: str) -> int:
    """Takes down the whole period and writes all its figures."""
    as_of = derived.moment(ledger)
    _take_down(ledger.plan, period, None, as_of)
    return _write(ledger.plan, period, as_of, None)


def _write_periods(ledger: RollupLedger, which: Iterable[str]) -> int:
    return sum(_write_period(ledger, period) for period in which)


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
    for some in batched(ended, 500):
        DutyStanding.objects.filter(pk__in=some).update(until=as_of)
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


def _waiting_periods(ledger: RollupLedger) -> Iterable[str]:
    return RollupMark.objects.filter(plan=ledger.plan).values_list("period", flat=True)


ROLLUPS = derived.register(
    derived.Derivation(
        kind="schedules.rollup",
        plural="rollups",
        label="报送汇总",
        told_as="figures",
        marks=RollupMark,
        ledgers=RollupLedger,
        group="plan",
        write=_write_marked,
        write_all=lambda ledger: _write_periods(ledger, periods_of(ledger.plan)),
        checks=[
            derived.Check(
                find=lambda ledger: differences(ledger.plan),
                repair=_write_periods,
                words=lambda ledger, period: f"{ledger.plan.key} {period}",
                waiting=_waiting_periods,
                listed="periods",
            )
        ],
        nightly=dt.time(2, 40),
    )
)
KIND = ROLLUPS.kind
refresh_all = ROLLUPS.refresh_all
reconcile = ROLLUPS.reconcile
fill = ROLLUPS.fill


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
        wanted = periods_just_due(plan, today)
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
            f"按时 {row.on_time}，迟报 {row.late}，未报 {row.missing}，"
            f"{f'锁定未报 {row.locked}，' if row.locked else ''}"
            f"{f'待报 {row.pending}，' if row.pending else ''}"
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
    mark_each(place for place in rows if periods.last_day(place[1]) >= on)

"""The figures of boards: equal to a plain recount, whatever happened to tree and reports."""

import datetime as dt
import itertools
import random
from collections import defaultdict
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import effects, periods
from core.actor import system
from core.models import AuditEntry, Effect, Notification
from orgs.lifecycle import run_move_steps
from orgs.models import Organization, OrganizationPlacement
from schedules.rounds.actions import opening, rollups
from schedules.rounds.enums import DONE_STATES, DutyState
from schedules.rounds.models import Duty, DutyStanding, Plan, Rollup, RollupLedger, RollupMark
from schedules.rounds.queries.rollups import stored
from tests.parallel import run_together
from tests.world import Zone, make_organization

MONTHS = ["2026-04", "2026-05", "2026-06"]


@pytest.fixture
def months(zone: Zone) -> Plan:
    return three_months(zone)


def three_months(zone: Zone) -> Plan:
    """Three months of a zone with a move, an abolition, late and returned reports."""
    plan = opening.install_defaults(by=system())
    Plan.objects.filter(pk=plan.pk).update(starts_on=dt.date(2026, 1, 1))
    plan.refresh_from_db()
    for number in range(6):
        make_organization(f"新增支部{number}", parent=zone.general)
    for period in MONTHS:
        opening.open_period(plan=plan, period=period, by=system())
    # From 10 May on the second branch stands under the neighbour.
    move(zone.branch2, zone.neighbour_street, dt.date(2026, 5, 10))
    Organization.objects.filter(pk=zone.neighbour_branch.pk).update(
        abolished_on=dt.date(2026, 5, 20)
    )
    rng = random.Random(7)
    duties = list(Duty.objects.order_by("pk"))
    for duty in duties:
        draw(duty, rng)
    Duty.objects.bulk_update(duties, ["state", "submitted_at", "returned_count"])
    return plan


def move(organization: Organization, parent: Organization, on: dt.date) -> None:
    """As orgs.actions.structure.move leaves the tables."""
    path = f"{parent.path}{90 + Organization.objects.filter(parent=parent).count():05d}"
    Organization.objects.filter(pk=organization.pk).update(parent=parent, path=path)
    OrganizationPlacement.objects.filter(organization=organization, valid_to=None).update(
        valid_to=on
    )
    OrganizationPlacement.objects.create(
        organization=organization,
        parent=parent,
        path=path,
        name=organization.name,
        kind=organization.kind,
        valid_from=on,
    )


def draw(duty: Duty, rng: random.Random) -> None:
    """Gives the duty one of the states that there are."""
    duty.state = rng.choice(DutyState.values)
    sent = duty.state not in (DutyState.OPEN, DutyState.WAIVED)
    late = rng.random() < 0.4
    duty.submitted_at = duty.late_after + dt.timedelta(hours=5 if late else -5) if sent else None
    duty.returned_count = rng.choice([0, 1, 2, 3]) if sent else 0


def naive(plan: Plan) -> dict[tuple[str, int], tuple[Any, ...]]:
    """(period, organisation) -> figures, counted one duty at a time in Python."""
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0] * 9)
    missing: dict[tuple[str, int], list[dt.datetime]] = defaultdict(list)
    placements = list(OrganizationPlacement.objects.all())

    def place(organization_id: int, day: dt.date) -> str:
        for one in placements:
            if (
                one.organization_id == organization_id
                and (one.valid_from is None or one.valid_from <= day)
                and (one.valid_to is None or day < one.valid_to)
            ):
                return one.path
        return ""

    for duty in Duty.objects.filter(plan=plan).exclude(state="waived"):
        day = periods.last_day(duty.period)
        mine = place(duty.organization_id, day)
        figures = [
            1,
            int(duty.submitted_at is not None),
            int(duty.submitted_at is not None and duty.submitted_at <= duty.late_after),
            int(duty.submitted_at is not None and duty.submitted_at > duty.late_after),
            int(duty.submitted_at is None and duty.phase == "due"),
            int(duty.submitted_at is None and duty.phase == "locked"),
            int(duty.state == "returned"),
            int(duty.returned_count > 1),
            int(duty.state in DONE_STATES),
        ]
        for organization in Organization.objects.all():
            theirs = place(organization.pk, day)
            if theirs and mine.startswith(theirs):
                row = sums[duty.period, organization.pk]
                for index, value in enumerate(figures):
                    row[index] += value
                if duty.submitted_at is None:
                    missing[duty.period, organization.pk].append(duty.due_at)
    return {key: (*row, min(missing[key], default=None)) for key, row in sums.items()}


def written(plan: Plan) -> dict[tuple[str, int], tuple[Any, ...]]:
    return {(period, row[0]): tuple(row[2:]) for period in MONTHS for row in stored(plan, period)}


def test_full_recount_equals_plain_counting(months: Plan) -> None:
    rollups.fill(by=system())
    assert written(months) == naive(months)
    assert sum(row[3] for row in written(months).values()) > 0, "some are late"
    assert not RollupMark.objects.exists()
    assert rollups.differences(months) == {}


def test_report_counts_where_its_organization_stood(zone: Zone, months: Plan) -> None:
    rollups.fill(by=system())
    april = Rollup.objects.get(organization=zone.branch2, period="2026-04")
    june = Rollup.objects.get(organization=zone.branch2, period="2026-06")
    assert april.path.startswith(zone.general.path)
    assert june.path.startswith(zone.neighbour_street.path)


def test_children_and_own_make_the_parent(months: Plan) -> None:
    rollups.fill(by=system())
    rows = {(row.period, row.path): row for row in Rollup.objects.all()}
    own = {
        (duty.period, duty.organization_id) for duty in Duty.objects.exclude(state=DutyState.WAIVED)
    }
    for (period, path), row in rows.items():
        below = [
            other.expected
            for (month, place), other in rows.items()
            if month == period and place[:-5] == path
        ]
        assert row.expected == sum(below) + ((period, row.organization_id) in own)


def test_change_is_written_behind_with_its_ancestors_only(zone: Zone, months: Plan) -> None:
    rollups.fill(by=system())
    before = {row.organization_id: row.as_of for row in Rollup.objects.filter(period="2026-06")}
    duty = Duty.objects.get(organization=zone.branch, period="2026-06")
    Duty.objects.filter(pk=duty.pk).update(
        state=DutyState.ACCEPTED, submitted_at=duty.late_after, returned_count=2
    )
    rollups.mark(plan_id=months.pk, period="2026-06", organization_ids=[zone.branch.pk])
    assert effects.run_due() >= 1
    assert written(months) == naive(months)
    changed = {
        row.organization_id
        for row in Rollup.objects.filter(period="2026-06")
        if row.as_of != before.get(row.organization_id)
    }
    assert changed == {zone.root.pk, zone.street.pk, zone.general.pk, zone.branch.pk}
    assert not RollupMark.objects.exists()


def test_any_changes_twice_or_once_give_the_same(months: Plan) -> None:
    rollups.fill(by=system())
    rng = random.Random(11)
    for _ in range(5):
        chosen = rng.sample(list(Duty.objects.order_by("pk")), 4)
        for duty in chosen:
            draw(duty, rng)
            Duty.objects.filter(pk=duty.pk).update(
                state=duty.state,
                submitted_at=duty.submitted_at,
                returned_count=duty.returned_count,
            )
            rollups.mark(
                plan_id=months.pk, period=duty.period, organization_ids=[duty.organization_id]
            )
        rollups.refresh_all()
        first = written(months)
        rollups.refresh_all()
        assert first == written(months) == naive(months)


def test_backdated_move_is_counted_anew(zone: Zone, months: Plan) -> None:
    rollups.fill(by=system())
    day = dt.date(2026, 6, 3)
    move(zone.branch, zone.neighbour_street, day)
    zone.branch.refresh_from_db()
    run_move_steps([zone.branch], day)
    assert set(RollupMark.objects.values_list("period", flat=True)) == {"2026-06"}
    rollups.refresh_all()
    assert written(months) == naive(months)


def test_nightly_comparison_repairs_and_says_so(zone: Zone, months: Plan) -> None:
    rollups.fill(by=system())
    assert rollups.reconcile(by=system()) == {}
    Rollup.objects.filter(organization=zone.root, period="2026-05").update(late=999)
    with pytest.raises(CommandError, match="1 figures differ"):
        call_command("recount_rollups", check=True)
    assert rollups.reconcile(by=system()) == {f"{months.key} 2026-05": 1}
    assert written(months) == naive(months)
    assert AuditEntry.objects.filter(verb="schedules.rollup.repair").count() == 1
    compared_at = RollupLedger.objects.get(plan=months).compared_at
    assert compared_at is not None
    said = Client().get("/readyz").json()
    assert said["figures"] == {"compared_at": compared_at.isoformat(), "repaired": 1}
    assert "figures differed from a full recount and were repaired" in said["warnings"]
    assert rollups.reconcile(by=system()) == {}
    assert Client().get("/readyz").json()["figures"]["repaired"] == 0
    call_command("recount_rollups", check=True)


def test_comparison_that_stays_out_is_told(months: Plan) -> None:
    rollups.reconcile(by=system())
    late = "figures were not compared for two nights"
    assert late not in Client().get("/readyz").json()["warnings"]
    RollupLedger.objects.update(compared_at=timezone.now() - dt.timedelta(hours=51))
    assert late in Client().get("/readyz").json()["warnings"]


def test_standing_that_differs_is_found_and_repaired(zone: Zone, months: Plan) -> None:
    rollups.fill(by=system())
    one = DutyStanding.objects.filter(period="2026-05", until=None).exclude(state="accepted")[0]
    DutyStanding.objects.filter(pk=one.pk).update(state="accepted")
    assert rollups.differences(months) == {"2026-05": 1}
    assert rollups.reconcile(by=system()) == {f"{months.key} 2026-05": 1}
    assert rollups.differences(months) == {}
    now = DutyStanding.objects.get(duty=one.duty_id, until=None)
    assert (now.state, now.pk != one.pk) == (one.state, True)


def test_standings_follow_each_other_without_gap(zone: Zone, months: Plan) -> None:
    rng = random.Random(5)
    rollups.fill(by=system())
    for _ in range(6):
        for duty in rng.sample(list(Duty.objects.order_by("pk")), 5):
            draw(duty, rng)
            duty.save()
            rollups.mark(
                plan_id=months.pk, period=duty.period, organization_ids=[duty.organization_id]
            )
        rollups.refresh_all()
    chains: dict[int, list[DutyStanding]] = defaultdict(list)
    for one in DutyStanding.objects.order_by("since"):
        chains[one.duty_id].append(one)
    assert max(len(chain) for chain in chains.values()) >= 3
    for chain in chains.values():
        for earlier, later in itertools.pairwise(chain):
            assert earlier.until is not None
            assert earlier.since < earlier.until <= later.since
    assert rollups.differences(months) == {}


def test_opening_and_waiving_leave_marks(zone: Zone) -> None:
    plan = opening.install_defaults(by=system())
    Plan.objects.filter(pk=plan.pk).update(starts_on=dt.date(2026, 1, 1))
    opening.open_period(plan=plan, period="2026-06", by=system())
    assert RollupMark.objects.count() == Duty.objects.count() > 3
    assert Effect.objects.filter(kind=rollups.KIND).count() == 1
    effects.run_due()
    root = Rollup.objects.get(organization=zone.root)
    assert root.expected == Duty.objects.count()
    Organization.objects.filter(pk=zone.branch.pk).update(abolished_on=dt.date(2026, 1, 2))
    assert opening.waive_closed(by=system()) == 1
    rollups.refresh_all()
    root = Rollup.objects.get(organization=zone.root)
    assert root.expected == Duty.objects.count() - 1


def test_statements_do_not_grow_with_organizations(months: Plan) -> None:
    rollups.refresh_all()
    ids = list(Duty.objects.filter(period="2026-06").values_list("organization_id", flat=True))
    counts = []
    for some in (ids[:1], ids):
        rollups.mark(plan_id=months.pk, period="2026-06", organization_ids=some)
        with CaptureQueriesContext(connection) as found:
            rollups.refresh(plan_id=months.pk)
        counts.append(len(found))
    assert counts[0] == counts[1] < 20


def test_summary_is_told_once_on_the_first_working_day_after(
    zone: Zone, months: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollups.fill(by=system())
    due_on = Duty.objects.filter(period="2026-06").values_list("due_on", flat=True)[0]
    told = []
    for offset in (0, 1, 1, 2):
        moment = timezone.make_aware(
            dt.datetime.combine(due_on + dt.timedelta(days=offset), dt.time(10))
        )
        monkeypatch.setattr("core.clock.now", lambda moment=moment: moment)
        told.append(rollups.send_summaries(by=system()))
    assert told[0] == told[2] == told[3] == 0
    assert told[1] > 0
    about = Notification.objects.filter(key__startswith="summary:")
    zone_staff = about.get(user=zone.users["zone"])
    root = Rollup.objects.get(organization=zone.root, period="2026-06")
    assert f"{root.submitted}/{root.expected}" in zone_staff.title
    assert not about.filter(user=zone.users["huzhuang1"]).exists()


@pytest.mark.django_db(transaction=True)
def test_eight_changes_at_once_end_in_the_right_figures(months: Plan) -> None:
    rollups.fill(by=system())
    duties = list(Duty.objects.filter(period="2026-06")[:8])

    def change(duty: Duty) -> None:
        with transaction.atomic():
            Duty.objects.filter(pk=duty.pk).update(
                state=DutyState.ACCEPTED, submitted_at=duty.late_after
            )
            rollups.mark(
                plan_id=months.pk, period=duty.period, organization_ids=[duty.organization_id]
            )
        rollups.refresh(plan_id=months.pk)

    outcomes = run_together([lambda duty=duty: change(duty) for duty in duties])
    assert not [one.error for one in outcomes if one.error]
    assert not RollupMark.objects.exists()
    assert written(months) == naive(months)

"""Plans of duties by the legal frequency: made by one button, once, with what they ask beforehand."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actor import system
from core.errors import DomainError
from core.models import AuditEntry
from members.actions import standings
from orgs.enums import OrganizationKind
from schedules.life import starting
from schedules.life.actions import meetings, plans
from schedules.life.actions.meetings import Mark, Written
from schedules.life.definitions import USUAL
from schedules.life.enums import MeetingKind, Presence
from schedules.life.queries.default_plans import burdens, usual_plans
from schedules.life.queries.rolls import roll_of
from schedules.life.rules import RULES, key_of
from schedules.rounds.actions import burden, opening
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan

from .parallel import run_together
from .world import START, Zone, build_zone, make_member, make_organization

DAY = dt.date(2026, 6, 10)
NOW = dt.datetime(2026, 6, 20, 2, tzinfo=dt.UTC)
URL = "life:plan-install"


def hold(zone: Zone, kind: MeetingKind, day: dt.date = DAY) -> None:
    written = Written(kind=kind, held_on=day, topic=f"{kind.label}的记录")
    if roll_of(zone.branch, kind, day).is_empty:
        make_member(zone.branch, "张三")
        standings.fill(since=START)
    meetings.record(
        uid=uuid.uuid4(),
        units=[zone.branch],
        written=written,
        marks={
            one.member_id: Mark(Presence.PRESENT)
            for one in roll_of(zone.branch, kind, day).expected
        },
        by=zone.actor("huzhuang1"),
    )


def test_every_kind_with_a_frequency_has_its_plan() -> None:
    assert set(USUAL) == {kind for kind, rule in RULES.items() if rule.cadence is not None}


def test_one_button_makes_each_plan_once_and_opens_it(zone: Zone) -> None:
    zone.branch2.has_committee = False
    zone.branch2.save()
    group = make_organization("第一党小组", OrganizationKind.PARTY_GROUP, zone.branch)
    client = zone.client("zone")
    with clock.at(NOW):
        hold(zone, MeetingKind.PARTY_DAY)
        page = client.get(reverse(URL))
        assert page.context["missing"] == len(USUAL)
        assert client.post(reverse(URL), {"since": "month", "seen": "on"}).status_code == 302
        before = AuditEntry.objects.count()
        again = client.post(reverse(URL), {"since": "month", "seen": "on"}, follow=True)
        assert "没有变化" in again.content.decode()
    assert AuditEntry.objects.count() == before
    assert set(Plan.objects.values_list("fulfilment", flat=True)) == {key_of(one) for one in USUAL}
    owed = Duty.objects.filter(organization=zone.branch)
    assert set(owed.values_list("plan__name", "period", "state", "done_count")) == {
        ("支部党员大会", "2026-Q2", DutyState.OPEN, 0),
        ("支委会", "2026-06", DutyState.OPEN, 0),
        ("党课", "2026-Q2", DutyState.OPEN, 0),
        ("主题党日", "2026-06", DutyState.ACCEPTED, 1),  # written down before
        ("组织生活会", "2026", DutyState.OPEN, 0),
        ("民主评议党员", "2026", DutyState.OPEN, 0),
    }
    names = Duty.objects.filter(organization=zone.branch2).values_list("plan__name", flat=True)
    assert "支委会" not in names
    assert "主题党日" in names
    of_group = Duty.objects.filter(organization=group).values_list("plan__name", flat=True)
    assert list(of_group) == ["党小组会"]
    due = owed.get(plan__name="主题党日")
    assert due.due_on == dt.date(2026, 7, 1)
    assert not Duty.objects.filter(organization=zone.general).exists()


def test_whole_year_opens_what_is_over_in_one_go(zone: Zone) -> None:
    with clock.at(NOW):
        hold(zone, MeetingKind.PARTY_DAY, dt.date(2026, 2, 5))
        made = plans.install(whole_year=True, by=zone.actor("zone"))
    assert len(made.names) == len(USUAL)
    rows = Duty.objects.filter(plan__name="主题党日", organization=zone.branch).order_by("period")
    assert list(rows.values_list("period", "done_count")) == [
        ("2026-01", 0),
        ("2026-02", 1),
        *((f"2026-0{month}", 0) for month in range(3, 7)),
    ]
    assert made.duties == Duty.objects.count()
    with clock.at(NOW):
        assert opening.open_due_periods(by=system()) == 0  # nothing is left to be opened


def test_periods_are_opened_set_based(zone: Zone) -> None:
    def cost(named: list[str]) -> int:
        plan = Plan.objects.create(
            key=f"day_{len(named)}_{Plan.objects.count()}",
            name=f"主题党日{Plan.objects.count()}",
            fulfilment=key_of(MeetingKind.PARTY_DAY),
            kinds=["branch"],
            cadence="month",
            starts_on=dt.date(2025, 1, 1),
        )
        with CaptureQueriesContext(connection) as asked:
            opening.open_periods(plan=plan, named=named, by=zone.actor("zone"))
        assert Duty.objects.filter(plan=plan).count() >= len(named)
        return len(asked)

    with clock.at(NOW):
        cost(["2026-01"])
        one = cost(["2026-01"])
        for number in range(3):
            make_organization(f"新支部{number}", parent=zone.general)
        assert cost(["2026-01", "2026-02", "2026-03"]) == one


def test_kind_that_has_a_plan_keeps_it_and_a_namesake_is_named(zone: Zone) -> None:
    common: dict[str, Any] = {"kinds": ["branch"], "cadence": "month", "starts_on": DAY}
    own = Plan.objects.create(
        key="own", name="每月党日", fulfilment=key_of(MeetingKind.PARTY_DAY), **common
    )
    other = Plan.objects.create(key="old", name="党课", fulfilment="record", **common)
    with clock.at(NOW):
        rows = {one.kind: one for one in usual_plans()}
        assert rows[MeetingKind.PARTY_DAY].existing == own
        assert rows[MeetingKind.LESSON].namesake == other
        page = zone.client("zone").get(reverse(URL)).content.decode()
        assert "已有同名计划" in page
        made = plans.install(by=zone.actor("zone"))
    assert not {"主题党日", "党课"} & set(made.names)
    assert Plan.objects.filter(fulfilment=key_of(MeetingKind.PARTY_DAY)).get() == own


def test_cost_is_seen_before_and_beyond_the_cap_a_reason_is_asked(zone: Zone) -> None:
    group = make_organization("第一党小组", OrganizationKind.PARTY_GROUP, zone.branch)
    zone.branch2.has_committee = False
    zone.branch2.save()
    with clock.at(NOW):
        found = {(one.kind, one.has_committee): one for one in burdens(usual_plans())}
        with_committee = found["branch", True]
        # 12 + 12 + 4 + 4 + 1 + 1 a year; in December three months' worth and both yearly ones.
        assert (with_committee.a_year, with_committee.minutes) == (34, 3 * 5 + 8)
        without = found["branch", False]
        assert (without.a_year, without.minutes, without.count) == (22, 3 * 4 + 8, 1)
        assert found[group.kind, False].a_year == 12
        burden.set_cap(minutes=10, basis="减负", revision=0, by=zone.actor("zone"))
        with pytest.raises(DomainError, match="写明理由"):
            plans.install(by=zone.actor("zone"))
        assert not Plan.objects.exists()
        client = zone.client("zone")
        asked = client.post(reverse(URL), {"since": "month", "seen": "on"})
        assert asked.status_code == 422
        assert "超过上限的理由" in asked.content.decode()
        reasoned = {"since": "month", "over_reason": "条例规定的频次", "seen": "on"}
        assert client.post(reverse(URL), reasoned).status_code == 302
        found = {(one.kind, one.has_committee): one for one in burdens(usual_plans())}
        assert found["branch", True].minutes == with_committee.minutes  # as it was told before
    assert Plan.objects.count() == len(USUAL)


def test_step_of_starting_is_optional_and_ends(zone: Zone) -> None:
    with clock.at(NOW):
        before = starting.usual()
        plans.install(by=zone.actor("zone"))
        after = starting.usual()
    assert (before.is_done, before.is_optional, after.is_done) == (False, True, True)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_make_one_plan_of_each() -> None:
    zone = build_zone()

    def act() -> plans.Installed:
        with clock.at(NOW):
            return plans.install(by=zone.actor("zone"))

    outcomes = run_together([act] * 2)
    assert [one.error for one in outcomes] == [None, None]
    assert sorted(len(one.value.names) for one in outcomes) == [0, len(USUAL)]
    assert Plan.objects.count() == len(USUAL)
    assert Duty.objects.count() == max(one.value.duties for one in outcomes)

"""The 党小组 of a branch are part of it: who works for the branch reaches them, nobody else's."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from core import clock, worklist
from core.actor import system
from orgs.access import who_may
from orgs.enums import OrganizationKind
from orgs.models import Organization
from orgs.permissions import Permission as P
from schedules.life.enums import MeetingKind
from schedules.life.rules import key_of
from schedules.rounds.actions import opening
from schedules.rounds.models import Duty, Plan
from schedules.rounds.queries.recipients import senders_of

from .world import Zone, make_organization

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)


@pytest.fixture
def groups(zone: Zone) -> dict[str, Organization]:
    """A group of the branch, and one each of two neighbours."""
    return {
        name: make_organization(f"{name}党小组", OrganizationKind.PARTY_GROUP, parent=place)
        for name, place in (
            ("自己", zone.branch),
            ("隔壁", zone.branch2),
            ("桃园", zone.neighbour_branch),
        )
    }


@pytest.fixture
def duties(groups: dict[str, Organization]) -> dict[str, Duty]:
    plan = Plan.objects.create(
        key="group_meeting",
        name="党小组会",
        fulfilment=key_of(MeetingKind.GROUP_MEETING),
        kinds=["party_group"],
        cadence="month",
        starts_on=dt.date(2026, 6, 1),
    )
    with clock.at(NOW):
        opening.open_period(plan=plan, period="2026-06", by=system())
    return {one: Duty.objects.get(organization=place) for one, place in groups.items()}


def test_branch_reaches_its_groups_and_no_others(
    zone: Zone, groups: dict[str, Organization]
) -> None:
    for who in ("huzhuang1", "officer"):
        actor: Any = zone.actor(who)
        seen = Organization.objects.visible_to(actor)
        assert set(seen) == {zone.branch, groups["自己"]}
        reached = [name for name, one in groups.items() if actor.may_at(P.LIFE_RECORD, one.path)]
        assert reached == ["自己"]
        assert [actor.owns(one.path) for one in (zone.branch, zone.branch2)] == [True, False]
    # A level above looks at them from above: they are no part of it.
    above = zone.actor("huzhuang")
    assert above.may_at(P.LIFE_CHECK, groups["隔壁"].path)
    assert not above.owns(groups["隔壁"].path)
    client = zone.client("huzhuang1")
    for name, status in (("自己", 200), ("隔壁", 404), ("桃园", 404)):
        assert client.get(f"/organizations/{groups[name].pk}/").status_code == status


def test_those_of_the_branch_are_nearest_to_its_group(
    zone: Zone, groups: dict[str, Organization]
) -> None:
    found = who_may(P.LIFE_RECORD, groups["自己"], nearest=True)
    assert set(found) == {zone.users[name] for name in ("huzhuang1", "officer")}
    everybody = who_may(P.LIFE_RECORD, groups["自己"])
    assert zone.users["dahuangshan"] in everybody
    assert not {zone.users["huzhuang2"], zone.users["taoyuan1"]} & set(everybody)


def test_duty_of_a_group_is_asked_of_its_branch(zone: Zone, duties: dict[str, Duty]) -> None:
    own = zone.users["huzhuang1"].pk
    people = senders_of(duties.values())
    assert [name for name, duty in duties.items() if own in people[duty.pk]] == ["自己"]
    with clock.at(NOW):
        titles = {
            who: {item.title for item in worklist.collect(zone.actor(who)).items}
            for who in ("huzhuang1", "taoyuan1")
        }
        assert "自己党小组：2026年6月党小组会" in titles["huzhuang1"]
        assert "桃园党小组：2026年6月党小组会" in titles["taoyuan1"]
        assert not any("隔壁" in one or "桃园" in one for one in titles["huzhuang1"])
        client = zone.client("huzhuang1")
        place = groups_address(duties["自己"])
        assert client.get(reverse("life:duty-open", args=[duties["自己"].pk])).url == place
        for other in ("隔壁", "桃园"):
            asked = reverse("life:duty-open", args=[duties[other].pk])
            assert client.get(asked).status_code == 404


def groups_address(duty: Duty) -> str:
    form = reverse("life:meeting-create", args=["group_meeting"])
    return f"{form}?on=2026-06-30&organization={duty.organization_id}"

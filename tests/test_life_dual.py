"""双重组织生活 and 志愿服务: counted from rolls, shown as who took part."""

import datetime as dt
import html
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from core import clock
from members.actions import standings
from members.models import Member
from orgs.enums import Post
from orgs.models import OfficeHolding, Organization
from schedules.life.actions import meetings
from schedules.life.actions.meetings import Mark, Written
from schedules.life.enums import MeetingKind, Presence
from schedules.life.ledgers import registered
from schedules.life.models import Meeting
from schedules.life.queries import dual_life
from schedules.life.queries.rolls import roll_of

from .world import START, Zone, make_member

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 6, 10)


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def people(zone: Zone) -> dict[str, Member]:
    """Three of the branch, one of the neighbour's."""
    rows = {name: make_member(zone.branch, name) for name in "书甲乙"}
    rows["邻"] = make_member(zone.neighbour_branch, "邻")
    standings.fill(since=START)
    return rows


def attended(branch: Organization, zone: Zone, kind: MeetingKind, who: str, **more: Any) -> None:
    roll = roll_of(branch, kind, DAY)
    meetings.record(
        uid=uuid.uuid4(),
        units=[branch],
        written=Written(kind=kind, held_on=DAY, topic="一次活动", **more),
        marks={one.member_id: Mark(Presence.PRESENT) for one in roll.people},
        by=zone.actor(who),
    )


def test_leader_was_there_as_a_member_of_his_branch(zone: Zone, people: dict[str, Member]) -> None:
    for name in ("甲", "邻", "双"):
        OfficeHolding.objects.create(
            organization=zone.street, post=Post.COMMISSIONER, person_name=name, started_on=START
        )
    for branch in (zone.branch, zone.branch2):
        make_member(branch, "双")
    standings.fill(since=START)
    attended(zone.branch, zone, MeetingKind.PARTY_DAY, "huzhuang1")
    attended(zone.branch, zone, MeetingKind.VOLUNTEERING, "huzhuang1")
    told = {
        one.office.person_name: (one.branch, one.times, one.last_on, one.namesakes)
        for one in dual_life.leaders([zone.street], 2026, clock.today())
    }
    assert told == {
        "甲": (zone.branch, 1, DAY, 0),
        "邻": (None, 0, None, 0),  # a member of the neighbour's street, who only bears the name
        "双": (None, 0, None, 2),
    }
    lines = registered()["dual-life"].rows(zone.actor("dahuangshan"), zone.street, 2026)
    assert [line.values[4] for line in lines] == [1, 0, 0]
    assert registered()["dual-life"].rows(zone.actor("huzhuang1"), zone.street, 2026) == []


def test_volunteering_tells_hours_and_who(zone: Zone, people: dict[str, Member]) -> None:
    times = {"starts_at": dt.time(9), "ends_at": dt.time(11, 30)}
    attended(zone.branch, zone, MeetingKind.VOLUNTEERING, "huzhuang1", **times)
    (line,) = registered()["volunteering"].rows(zone.actor("dahuangshan"), zone.street, 2026)
    assert [str(value) for value in line.values[4:7]] == ["3", "2.5", "7.5"]
    assert set(str(line.values[7]).split("、")) == {"书", "甲", "乙"}
    assert not registered()["volunteering"].rows(zone.actor("jinshanqiao"), zone.street, 2026)


def test_who_took_part_is_shown_without_anybody_expected(
    zone: Zone, people: dict[str, Member]
) -> None:
    attended(zone.branch, zone, MeetingKind.VOLUNTEERING, "huzhuang1")
    client = zone.client("huzhuang1")
    page = html.unescape(client.get(Meeting.objects.get().get_absolute_url()).content.decode())
    assert "共 3 人" in page
    assert "应到" not in page
    assert "3 人参加" in client.get(reverse("life:meeting-list")).content.decode()
    form = client.get(reverse("life:meeting-create", args=["volunteering"])).content.decode()
    assert "谁参加了就点谁" in form
    assert 'class="record chosen' in form

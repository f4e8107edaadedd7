"""Organisation life: who is on the roll of the day, what is written down, and what is refused."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import clock
from core.errors import DomainError, NotAllowed
from core.states import MovedOn
from members.actions import standings
from members.models import Member
from orgs.enums import Post
from orgs.models import OfficeHolding
from schedules.life.actions import meetings
from schedules.life.actions.meetings import Ballot, Mark, Written
from schedules.life.enums import AbsenceReason, MeetingKind, MeetingState, Presence
from schedules.life.models import Attendance, Exemption, Meeting
from schedules.life.queries.rolls import roll_of
from schedules.life.rules import RULES, Tally, key_of
from schedules.rounds.actions import opening
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan

from .world import START, Zone, make_member

DAY = dt.date(2026, 6, 10)
NOW = dt.datetime(2026, 6, 20, 2, tzinfo=dt.UTC)
HERE, AWAY = Mark(Presence.PRESENT), Mark(Presence.ABSENT, AbsenceReason.DUTY, "王书记")
WRITTEN = Written(
    kind=MeetingKind.GENERAL_MEETING,
    held_on=DAY,
    topic="第二季度支部党员大会",
    starts_at=dt.time(15),
    ends_at=dt.time(16, 5),
    summary="通报上半年工作，讨论下半年安排。",
)


@pytest.fixture
def people(zone: Zone) -> dict[str, Member]:
    """Five of the branch, one of the neighbour's: full, on probation, elsewhere, excused, lost."""
    branch = zone.branch
    found = {
        "甲": make_member(branch, "甲"),
        "乙": make_member(branch, "乙", category="probationary", full_member_on=None),
        "外": make_member(branch, "外", is_mobile=True),
        "病": make_member(branch, "病", is_excused=True),
        "失": make_member(branch, "失", is_lost_contact=True),
        "邻": make_member(zone.neighbour_branch, "邻"),
    }
    with clock.at(NOW):
        standings.fill(since=START)
    return found


def marks(people: dict[str, Member], **named: Mark) -> dict[int, Mark]:
    return {people[name].pk: mark for name, mark in named.items()}


def write(
    zone: Zone, given: dict[int, Mark], written: Written = WRITTEN, **more: object
) -> Meeting:
    values = {"uid": uuid.uuid4(), "units": [zone.branch], "by": zone.actor("huzhuang1"), **more}
    return meetings.record(written=written, marks=given, **values)  # type: ignore[arg-type]


def test_roll_of_the_day_expects_who_can_come(zone: Zone, people: dict[str, Member]) -> None:
    with clock.at(NOW):
        roll = roll_of(zone.branch, MeetingKind.GENERAL_MEETING, DAY)
        assert [one.name for one in roll.expected] == ["甲", "乙"]
        assert [one.name for one in roll.people if one.is_mobile] == ["外"]
        assert {one.name for one in roll.people if one.can_vote} == {"甲", "外", "病"}

        Exemption.objects.create(
            member=people["甲"],
            reason="abroad",
            since=DAY - dt.timedelta(days=5),
            until=DAY,
            approver_name="李书记",
            written_at=NOW,
            written_by_name="李书记",
        )
        assert [one.name for one in roll_of(zone.branch, MeetingKind.LESSON, DAY).expected] == [
            "乙"
        ]
        after = roll_of(zone.branch, MeetingKind.LESSON, DAY + dt.timedelta(days=1))
        assert [one.name for one in after.expected] == ["甲", "乙"]


def test_committee_is_called_by_its_posts(zone: Zone, people: dict[str, Member]) -> None:
    for post, name in (
        (Post.SECRETARY, "甲"),
        (Post.COMMISSIONER, "没在册"),
        (Post.ORGANIZER, "乙"),
    ):
        OfficeHolding.objects.create(organization=zone.branch, post=post, person_name=name)
    with clock.at(NOW):
        roll = roll_of(zone.branch, MeetingKind.COMMITTEE_MEETING, DAY)
    assert [one.name for one in roll.expected] == ["甲"]
    assert roll.unknown == ("没在册",)


def test_record_adds_up_and_is_written_once(zone: Zone, people: dict[str, Member]) -> None:
    given = marks(people, 甲=HERE, 乙=AWAY, 外=HERE)
    uid = uuid.uuid4()
    with clock.at(NOW):
        meeting = write(zone, given, uid=uid)
        again = write(zone, given, uid=uid)
    assert again.pk == meeting.pk
    unit = meeting.units.get()
    assert (unit.expected_count, unit.present_count, unit.absent_count) == (2, 1, 1)
    assert (unit.extra_count, unit.unexcused_count) == (1, 0)
    assert Attendance.objects.count() == 3


def test_nobody_is_absent_by_silence(zone: Zone, people: dict[str, Member]) -> None:
    with clock.at(NOW):
        with pytest.raises(DomainError, match="还有 1 人没有登记：乙"):
            write(zone, marks(people, 甲=HERE))
        with pytest.raises(DomainError, match="名单变了"):
            write(zone, marks(people, 甲=HERE, 乙=HERE, 邻=HERE))
        with pytest.raises(DomainError, match="缺席的原因"):
            write(zone, marks(people, 甲=HERE, 乙=Mark(Presence.ABSENT)))
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"held_on": dt.date(2026, 6, 21)}, "还没到这一天"),
        ({"held_on": dt.date(2024, 1, 1)}, "两年以内"),
        ({"ends_at": dt.time(14)}, "晚于开始"),
        ({"topic": " "}, "写明主题"),
        ({"summary": "长" * 4_001}, "内容请写在 4000 字以内"),
        (
            {"kind": MeetingKind.PARTY_DAY, "votes": [Ballot("接收", Tally(2, 2, 2, 0, 0))]},
            "没有表决",
        ),
        ({"votes": [Ballot("接收", Tally(2, 3, 2, 0, 0))]}, "多于有表决权"),
        ({"votes": [Ballot("接收", Tally(2, 2, 2, 1, 0))]}, "合计 3 票"),
    ],
)
def test_what_cannot_be_is_refused(
    zone: Zone, people: dict[str, Member], changes: dict[str, object], words: str
) -> None:
    with clock.at(NOW), pytest.raises(DomainError, match=words):
        write(zone, marks(people, 甲=HERE, 乙=HERE), replace(WRITTEN, **changes))  # type: ignore[arg-type]
    assert not Meeting.objects.exists()


def test_only_who_holds_it_writes_and_only_above_looks(
    zone: Zone, people: dict[str, Member]
) -> None:
    given = marks(people, 甲=HERE, 乙=HERE)
    with clock.at(NOW):
        with pytest.raises(NotAllowed):
            write(zone, given, by=zone.actor("taoyuan1"))
        meeting = write(zone, given)
        for who in ("huzhuang1", "taoyuan1"):
            with pytest.raises(NotAllowed):
                meetings.thank(meeting=meeting, by=zone.actor(who))
        meetings.send_back(meeting=meeting, reason="没有写讨论情况", by=zone.actor("dahuangshan"))
    assert meeting.state == MeetingState.RETURNED
    seen = {
        who: Meeting.objects.visible_to(zone.actor(who)).count()
        for who in zone.users
        if zone.users[who].grants.exists()
    }
    assert seen["huzhuang1"] == seen["dahuangshan"] == seen["zone"] == 1
    assert seen["taoyuan1"] == 0


def test_what_was_written_before_stays(zone: Zone, people: dict[str, Member]) -> None:
    by = zone.actor("huzhuang1")
    with clock.at(NOW):
        first = write(zone, marks(people, 甲=HERE, 乙=HERE))
    later = NOW + dt.timedelta(days=1)
    with clock.at(later):
        second = meetings.rewrite(
            meeting=first,
            version=1,
            units=[zone.branch],
            written=replace(WRITTEN, topic="第二季度党员大会"),
            marks=marks(people, 甲=HERE, 乙=AWAY),
            by=by,
        )
        old = Meeting.objects.get(pk=first.pk)
        with pytest.raises(MovedOn, match="另一人刚刚改过"):
            meetings.rewrite(
                meeting=old,
                version=old.version,
                units=[zone.branch],
                written=WRITTEN,
                marks={},
                by=by,
            )
    assert (second.uid, second.version, second.recorded_at) == (first.uid, 2, NOW)
    known = Meeting.objects.known(NOW + dt.timedelta(hours=1)).get()
    assert known.pk == first.pk
    assert known.units.get().absent_count == 0
    assert Meeting.objects.current().get().units.get().absent_count == 1


def test_a_hundred_cost_as_many_statements_as_three(zone: Zone) -> None:
    def cost(count: int) -> int:
        for _ in range(count):
            make_member(zone.branch, f"人{Member.objects.count()}")
        standings.fill(since=START)
        roll = roll_of(zone.branch, MeetingKind.GENERAL_MEETING, DAY)
        given = {one.member_id: HERE for one in roll.expected}
        with CaptureQueriesContext(connection) as queries:
            write(zone, given)
        assert len(given) >= count
        return len(queries)

    with clock.at(NOW):
        cost(1)  # the first one of a process reads more
        assert cost(3) == cost(100)


def test_votes_by_the_rules() -> None:
    assert Tally(33, 28, 28, 0, 0).is_carried
    assert not Tally(33, 16, 16, 0, 0).has_quorum  # half is not more than half
    assert not Tally(33, 28, 16, 12, 0).is_carried
    assert set(RULES) == set(MeetingKind)


def test_records_fulfil_what_is_owed(zone: Zone, people: dict[str, Member]) -> None:
    plan = Plan.objects.create(
        key="assembly",
        name="支部党员大会",
        fulfilment=key_of(MeetingKind.GENERAL_MEETING),
        kinds=["branch"],
        cadence="quarter",
        starts_on=START,
    )
    given = marks(people, 甲=HERE, 乙=HERE)
    with clock.at(NOW):
        early = write(zone, given)
        opening.open_period(plan=plan, period="2026-Q2", by=zone.actor("zone"))
        duty = Duty.objects.get(plan=plan, organization=zone.branch)
        assert (duty.state, duty.done_count) == (DutyState.ACCEPTED, 1)
        assert timezone.localdate(duty.submitted_at) == DAY  # when it was held, not entered
        others = Duty.objects.filter(plan=plan).exclude(pk=duty.pk)
        assert set(others.values_list("state", "done_count")) == {(DutyState.OPEN, 0)}

        meetings.withdraw(meeting=early, reason="登错了", by=zone.actor("huzhuang1"))
        duty.refresh_from_db()
        assert (duty.state, duty.done_count, duty.submitted_at) == (DutyState.OPEN, 0, None)

        again = write(zone, given)
        moved = meetings.rewrite(
            meeting=again,
            version=again.version,
            units=[zone.branch],
            written=replace(WRITTEN, held_on=dt.date(2026, 3, 10)),
            marks=given,
            by=zone.actor("huzhuang1"),
        )
        duty.refresh_from_db()
    assert moved.version == 2
    assert (duty.state, duty.done_count) == (DutyState.OPEN, 0)  # it was held in another quarter

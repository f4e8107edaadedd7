"""Make-up study and study hours: what is counted, who has caught up, what is refused."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.errors import Conflict, DomainError, NotAllowed
from members.actions import standings
from members.models import Member
from orgs.enums import Post
from orgs.models import OfficeHolding
from schedules.life.actions import meetings, study
from schedules.life.actions.meetings import Mark, Written
from schedules.life.actions.study import Studied
from schedules.life.enums import AbsenceReason, MeetingKind, Presence, StudyGroup, StudyKind
from schedules.life.models import Meeting, StudyRecord
from schedules.life.queries.made_up import MadeUp, made_up_of, unmade
from schedules.life.queries.rolls import roll_of
from schedules.life.queries.study import (
    StudyLine,
    counting_of,
    quarters_by_member,
    standings_of,
    study_lines,
)
from schedules.life.rules import (
    COUNTING,
    Counting,
    Norm,
    halves,
    in_hours,
    months_after,
    quarters_of_meeting,
    split_by_year,
)

from .parallel import run_together
from .world import START, Zone, build_zone, make_member

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 6, 10)
YEAR = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
HERE = Mark(Presence.PRESENT)
ILL = Mark(Presence.ABSENT, AbsenceReason.ILLNESS)
WRITE, READ = 13, 7  # statements of an entry, of the lines of a branch


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with clock.at(NOW):
        yield


def people(branch: Any, *names: str, **fields: Any) -> list[Member]:
    found = [make_member(branch, name, **fields) for name in names]
    standings.fill(since=START)
    return found


def held(zone: Zone, marks: dict[Member, Mark], **values: Any) -> Meeting:
    """A lesson of 90 minutes; who is not marked was present."""
    given = {
        "kind": MeetingKind.LESSON,
        "held_on": DAY,
        "topic": "第二季度党课",
        "starts_at": dt.time(15),
        "ends_at": dt.time(16, 30),
        "study_minutes": 90,
    }
    written = Written(**given | values)
    roll = roll_of(zone.branch, written.kind, written.held_on)
    return meetings.record(
        uid=uuid.uuid4(),
        units=[zone.branch],
        written=written,
        marks={one.member_id: HERE for one in roll.expected}
        | {member.pk: mark for member, mark in marks.items()},
        by=zone.actor("huzhuang1"),
    )


def enter(zone: Zone, *members: Member, who: str = "huzhuang1", **values: Any) -> Any:
    more = {name: values.pop(name) for name in ("makes_up", "batch") if name in values}
    given = {
        "kind": StudyKind.SELF_STUDY,
        "title": "学习党的二十大报告",
        "started_on": DAY,
        "ended_on": DAY,
    }
    if "half_days" not in values:
        given["minutes"] = 60
    return study.record(
        batch=more.pop("batch", uuid.uuid4()),
        place=zone.branch,
        studied=Studied(**given | values),
        members=[one.pk for one in members],
        by=zone.actor(who),
        **more,
    )


def counted(member: Member, last: dt.date = YEAR[1], **more: Any) -> Any:
    rows = Member.objects.filter(pk=member.pk).values("pk")
    quarters = quarters_by_member(rows, YEAR[0], last, counting_of(2026), **more)
    return in_hours(quarters.get(member.pk, 0))


def line(zone: Zone, member: Member) -> StudyLine:
    rows = study_lines(standings_of(zone.branch, clock.today()), clock.today())
    return next(one for one in rows if one.member_id == member.pk)


# --- published arithmetic [S29] ---------------------------------------------------------------


def test_counting_is_that_of_the_published_example() -> None:
    kinds = StudyKind
    for kind, given, hours in (
        (kinds.FULL_TIME, {"half_days": 6, "days": 3}, 24),  # 8 a day
        (kinds.LECTURE, {"half_days": 1}, 4),
        (kinds.SELF_STUDY, {"minutes": 60}, 1),
        (kinds.SELF_STUDY, {"minutes": 100}, 1.5),
        (kinds.SELF_STUDY, {"minutes": 14}, 0),
        (kinds.PRACTICE, {"half_days": 1}, 4),
        (kinds.PRACTICE, {"minutes": 120}, 2),
    ):
        assert in_hours(COUNTING[kind].quarters(**given)) == hours, (kind, given)
    meeting, time = COUNTING[kinds.MEETING], dt.time
    for starts, ends, minutes, hours in (
        (time(15), time(16, 30), 90, 1.5),
        (time(13), time(19), 360, 4),  # most of a half day
        (time(9), time(17), 480, 7),  # three before noon, the most after it
        (time(8), time(12), 240, 4),
        (None, None, 100, 1.5),
        (time(9), None, 600, 4),
    ):
        assert in_hours(quarters_of_meeting(meeting, starts, ends, minutes)) == hours
    assert halves(time(11, 30), time(13), 90) == (30, 60)


def test_course_across_years_is_split() -> None:
    first, last = dt.date(2025, 12, 30), dt.date(2026, 1, 3)
    assert split_by_year(first, last, 10) == [
        (first, dt.date(2025, 12, 31), 4),
        (dt.date(2026, 1, 1), last, 6),
    ]
    assert split_by_year(dt.date(2025, 12, 31), last, 1) == [(dt.date(2026, 1, 1), last, 1)]
    assert months_after(dt.date(2025, 8, 31), 6) == dt.date(2026, 2, 28)


# --- what is added up -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "minutes"),
    [
        (dt.time(15), dt.time(16, 30), 90),
        (dt.time(9), dt.time(17), 480),
        (dt.time(11, 30), dt.time(13), 90),
        (dt.time(9, 10), None, 100),
        (None, None, 600),
        (dt.time(13), dt.time(19), 14),
    ],
)
def test_database_counts_a_meeting_as_the_rules_do(
    zone: Zone, starts: Any, ends: Any, minutes: int
) -> None:
    (here,) = people(zone.branch, "甲")
    held(zone, {}, starts_at=starts, ends_at=ends, study_minutes=minutes)
    expected = quarters_of_meeting(COUNTING[StudyKind.MEETING], starts, ends, minutes)
    assert counted(here) == in_hours(expected)


def test_each_meeting_is_rounded_down_by_itself(zone: Zone) -> None:
    """On PostgreSQL hours are no whole numbers: what was left of each added up to quarters."""
    (here,) = people(zone.branch, "甲")
    for days, (starts, ends) in enumerate(
        [(dt.time(9), dt.time(9, 40)), (dt.time(14), None), (dt.time(11, 40), dt.time(12, 20))]
    ):
        held(
            zone,
            {},
            starts_at=starts,
            ends_at=ends,
            study_minutes=40,
            held_on=DAY - dt.timedelta(days=days),
        )
    assert counted(here) == in_hours(2 + 2 + 1 + 1)


def test_half_day_counts_once_over_all_records(zone: Zone) -> None:
    (here,) = people(zone.branch, "甲")
    afternoon = {"starts_at": dt.time(13), "ends_at": dt.time(16), "study_minutes": 180}
    held(zone, {}, **afternoon)
    held(zone, {}, **afternoon, kind=MeetingKind.PARTY_DAY)
    assert counted(here) == 4  # of six
    held(zone, {}, starts_at=dt.time(9), ends_at=dt.time(10), study_minutes=60)
    assert counted(here) == 5
    enter(zone, here, minutes=240)
    assert counted(here) == 8  # a day has two halves
    held(zone, {}, **afternoon, held_on=DAY - dt.timedelta(days=1))
    assert counted(here) == 11


def test_only_study_of_those_who_came_counts(zone: Zone) -> None:
    here, ill, guest = people(zone.branch, "甲", "乙", "丙")
    lesson = held(zone, {ill: ILL})
    lesson.attendances.filter(member=guest).update(presence=Presence.GUEST)
    held(zone, {}, kind=MeetingKind.GENERAL_MEETING, study_minutes=120)  # no study
    taken_back = held(zone, {}, held_on=DAY - dt.timedelta(days=2))
    meetings.withdraw(meeting=taken_back, reason="登错了", by=zone.actor("huzhuang1"))
    held(zone, {}, held_on=dt.date(2025, 12, 30))  # another year
    assert [counted(one) for one in (here, ill, guest)] == [1.5, 0, 1.5]


def test_course_counts_in_its_year_when_it_has_ended(zone: Zone) -> None:
    (here,) = people(zone.branch, "甲")
    course: dict[str, Any] = {"kind": StudyKind.FULL_TIME, "is_central_course": True}
    days = {"started_on": dt.date(2025, 12, 30), "ended_on": dt.date(2026, 1, 3)}
    rows = enter(zone, here, half_days=10, **days, **course)
    assert [(row.started_on.year, row.half_days) for row in rows] == [(2025, 4), (2026, 6)]
    assert counted(here) == 24
    assert counted(here, dt.date(2026, 1, 2)) == 0
    assert line(zone, here).has_central


def test_number_that_was_frozen_is_found_again(zone: Zone) -> None:
    here, ill = people(zone.branch, "甲", "乙")
    lesson = held(zone, {ill: ILL})
    (row,) = enter(zone, here, minutes=120)
    before = clock.now()
    with clock.at(NOW + dt.timedelta(hours=1)):
        study.withdraw(rows=[row], place=zone.branch, by=zone.actor("huzhuang1"))
        enter(zone, ill, makes_up=lesson, minutes=90)
        assert (counted(here), counted(ill)) == (1.5, 1.5)
        assert (counted(here, known_at=before), counted(ill, known_at=before)) == (3.5, 0)


# --- the norms --------------------------------------------------------------------------------


def test_norms_of_members_and_committees(zone: Zone) -> None:
    plain, secretary, namesake = people(zone.branch, "甲", "乙", "丁")
    # A namesake elsewhere is not the secretary of this branch.
    people(zone.neighbour_branch, "乙")
    OfficeHolding.objects.create(
        organization=zone.branch,
        post=Post.SECRETARY,
        person_name="乙",
        started_on=dt.date(2026, 3, 1),
    )
    enter(zone, secretary, kind=StudyKind.FULL_TIME, half_days=2)
    one, two = line(zone, plain), line(zone, secretary)
    assert (one.group, in_hours(one.norm.quarters), one.short) == (StudyGroup.MEMBERS, 32, 128)
    assert (two.group, in_hours(two.norm.quarters)) == (StudyGroup.COMMITTEES, 56)
    assert (in_hours(two.short), two.lacks_central, one.lacks_central) == (48, True, False)
    (owed,) = two.courses
    assert (owed.group, owed.due_on) == (StudyGroup.NEW_SECRETARIES, dt.date(2026, 9, 1))
    assert owed.done_on == DAY
    assert line(zone, namesake).group == StudyGroup.MEMBERS


def test_beginners_owe_a_course_in_probation_and_the_year_after(zone: Zone) -> None:
    (probationer,) = people(
        zone.branch,
        "甲",
        category="probationary_member",
        joined_on=dt.date(2026, 3, 5),
        full_member_on=None,
    )
    (full,) = people(zone.branch, "乙", full_member_on=dt.date(2025, 9, 1))
    (old,) = people(zone.branch, "丙")
    enter(zone, full, kind=StudyKind.LECTURE, half_days=1, started_on=DAY, ended_on=DAY)
    (one,), (two,) = line(zone, probationer).courses, line(zone, full).courses
    assert (one.done_on, one.due_on) == (None, dt.date(2027, 3, 5))
    assert (two.done_on, two.due_on) == (DAY, dt.date(2026, 9, 1))
    assert line(zone, old).courses == ()


def test_zone_sets_years_to_come_alone(zone: Zone) -> None:
    (here,) = people(zone.branch, "甲")
    held(zone, {})
    counting = {StudyKind.MEETING: Counting(0, 8, 32)}
    norms = {StudyGroup.MEMBERS: Norm(quarters=160)}
    given: dict[str, Any] = {"counting": counting, "norms": norms}
    with pytest.raises(NotAllowed):
        study.set_rules(from_year=2027, by=zone.actor("dahuangshan"), **given)
    with pytest.raises(DomainError, match="最早 2027 年"):
        study.set_rules(from_year=2026, by=zone.actor("zone"), **given)
    study.set_rules(from_year=2027, by=zone.actor("zone"), **given)
    assert counted(here) == 1.5  # what was counted before stays
    assert line(zone, here).norm.quarters == 128
    assert counting_of(2028)[StudyKind.MEETING].per_hour == 8
    assert counting_of(2028)[StudyKind.LECTURE] == COUNTING[StudyKind.LECTURE]


# --- made up ----------------------------------------------------------------------------------


def test_missed_ones_are_made_up_together_and_once(zone: Zone) -> None:
    here, ill, away = people(zone.branch, "甲", "乙", "丙")
    lesson = held(zone, {ill: ILL, away: ILL})
    by = zone.actor("huzhuang1")
    waiting = unmade(by, clock.today())
    assert {row.member_id for row in waiting} == {ill.pk, away.pk}
    part = lesson.uid, zone.branch.pk
    assert made_up_of([lesson.uid]) == {part: MadeUp(2, 0)}
    batch = uuid.uuid4()
    rows = enter(zone, ill, batch=batch, makes_up=lesson, confirmed_by_name="蔡航国")
    again = enter(zone, ill, batch=batch, makes_up=lesson)
    assert [row.pk for row in again] == [row.pk for row in rows]
    assert made_up_of([lesson.uid])[part].left == 1
    for wrong in (ill, here):
        with pytest.raises(Conflict, match="已经补过，或这次并没有缺席"):
            enter(zone, wrong, makes_up=lesson)
    study.withdraw(rows=rows, place=zone.branch, by=by)
    with pytest.raises(Conflict, match="已经撤回"):
        study.withdraw(rows=rows, place=zone.branch, by=by)
    enter(zone, ill, away, makes_up=lesson)
    assert not unmade(by, clock.today()).exists()


def test_only_the_latest_version_says_who_was_absent(zone: Zone) -> None:
    ill, late = people(zone.branch, "甲", "乙")
    lesson = held(zone, {ill: ILL, late: ILL})
    newer = meetings.rewrite(
        meeting=Meeting.objects.get(pk=lesson.pk),
        version=1,
        units=[zone.branch],
        written=Written(kind=MeetingKind.LESSON, held_on=DAY, topic="第二季度党课"),
        marks={ill.pk: ILL, late.pk: HERE},
        by=zone.actor("huzhuang1"),
    )
    with pytest.raises(Conflict):
        enter(zone, late, makes_up=lesson)
    enter(zone, ill, makes_up=lesson)
    meetings.withdraw(
        meeting=Meeting.objects.get(pk=newer.pk), reason="登错了", by=zone.actor("huzhuang1")
    )
    with pytest.raises(Conflict, match="已经撤回，不用再补课"):
        enter(zone, late, makes_up=lesson)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ended_on": dt.date(2026, 7, 7)}, "还没到这一天"),
        ({"ended_on": dt.date(2026, 6, 9)}, "早于开始"),
        ({"started_on": dt.date(2024, 1, 1), "ended_on": dt.date(2024, 1, 1)}, "两年以内"),
        ({"title": "学"}, "学了什么"),
        ({"minutes": 0}, "学了多久"),
        ({"minutes": 60, "half_days": 1}, "学了多久"),
        ({"minutes": 600}, "1 天最多计 8 学时"),
        ({"half_days": 1}, "按小时计"),
        ({"kind": StudyKind.LECTURE}, "按半天计"),
        ({"kind": StudyKind.LECTURE, "half_days": 3}, "超过了这几天"),
        ({"kind": StudyKind.MEETING}, "选学习的形式"),
        ({"confirmed_by_name": "长" * 51}, "50 字以内"),
    ],
)
def test_what_cannot_be_is_refused(zone: Zone, changes: dict[str, Any], words: str) -> None:
    (here,) = people(zone.branch, "甲")
    with pytest.raises(DomainError, match=words):
        enter(zone, here, **changes)
    assert not StudyRecord.objects.exists()


def test_neighbours_and_strangers_are_refused(zone: Zone) -> None:
    (neighbour,) = people(zone.neighbour_branch, "邻")
    (here,) = people(zone.branch, "甲")
    with pytest.raises(DomainError, match="不在这里的名册上"):
        enter(zone, here, neighbour)
    with pytest.raises(NotAllowed):
        enter(zone, here, who="taoyuan1")
    batch = uuid.uuid4()
    enter(zone, here, batch=batch)
    with pytest.raises(DomainError, match="已经由别人登记"):
        enter(zone, here, batch=batch, who="officer")
    lesson = held(zone, {here: ILL})
    earlier = DAY - dt.timedelta(days=1)
    with pytest.raises(DomainError, match="不能早于"):
        enter(zone, here, makes_up=lesson, started_on=earlier, ended_on=earlier)
    with pytest.raises(DomainError, match="选学习的形式"):
        enter(zone, here, makes_up=lesson, kind=StudyKind.LECTURE, half_days=1)
    committee = held(zone, {here: ILL}, kind=MeetingKind.LIFE_MEETING)
    with pytest.raises(DomainError, match="组织生活会不用补课"):
        enter(zone, here, makes_up=committee)


def test_fifty_cost_as_many_statements_as_three(zone: Zone) -> None:
    def cost(count: int) -> tuple[int, int]:
        crowd = people(zone.branch, *(f"人{number}" for number in range(count)))
        lesson = held(zone, dict.fromkeys(crowd, ILL), topic=f"第{count}课")
        with CaptureQueriesContext(connection) as written:
            enter(zone, *crowd, makes_up=lesson)
        with CaptureQueriesContext(connection) as read:
            assert len(study_lines(standings_of(zone.branch, DAY), DAY)) >= count
        return len(written), len(read)

    cost(1)  # the first one of a process reads more
    assert cost(3) == cost(50) == (WRITE, READ)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_four_who_write_the_same_make_up_one_does() -> None:
    zone = build_zone()
    (ill,) = people(zone.branch, "甲")
    lesson = held(zone, {ill: ILL})

    def make_up() -> Any:
        with clock.at(NOW):
            return enter(zone, ill, makes_up=lesson)

    outcomes = run_together([make_up] * 4)
    assert sum(one.error is None for one in outcomes) == 1
    assert all(isinstance(one.error, Conflict | None) for one in outcomes)
    assert StudyRecord.objects.filter(withdrawn_at=None).count() == 1

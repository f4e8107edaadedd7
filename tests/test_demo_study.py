"""Make-up study, study beside meetings, appraisals, problem lists and plans of the demo zone keep
the rules that people's entries keep."""

from collections import Counter, defaultdict

import pytest

from core import clock, periods
from members.models import MemberStanding
from members.models.member import ON_ROLL
from orgs.enums import OrganizationKind
from orgs.models import Organization
from schedules.life.actions.appraisals import COUNTS
from schedules.life.enums import (
    COURSE_KINDS,
    HELD,
    MAKE_UP_KINDS,
    Grade,
    MeetingKind,
    Presence,
    ProblemState,
    StudyGroup,
)
from schedules.life.models import (
    Appraisal,
    Attendance,
    Meeting,
    MeetingUnit,
    Problem,
    ProblemList,
    StudyRecord,
    YearPlan,
)
from schedules.life.queries.appraisals import appraised_at, results_of, summary_of
from schedules.life.queries.made_up import missed
from schedules.life.queries.problems import people_of
from schedules.life.queries.rolls import members_on
from schedules.life.queries.study import counting_of, study_lines
from schedules.life.queries.year_plans import is_rule
from schedules.life.rules import (
    LISTED_KINDS,
    MAKE_UP_DAYS,
    is_made_up,
    may_be_excellent,
    year_about,
)

pytestmark = pytest.mark.usefixtures("demo_months")


def test_what_is_made_up_was_missed() -> None:
    rows = list(StudyRecord.objects.exclude(makes_up=None))
    assert len(rows) > 100
    records = {row.uid: row for row in Meeting.objects.current()}
    absent = {
        (uid, member, place)
        for uid, member, place in Attendance.objects.filter(
            meeting__superseded_at=None, presence=Presence.ABSENT, is_expected=True
        ).values_list("meeting__uid", "member_id", "organization_id")
    }
    for row in rows:
        assert row.makes_up is not None
        record = records[row.makes_up]
        assert (row.makes_up, row.member_id, row.organization_id) in absent
        assert record.state in HELD
        assert is_made_up(MeetingKind(record.kind))
        assert row.kind in MAKE_UP_KINDS
        assert record.held_on < row.started_on == row.ended_on <= row.recorded_at.date()
        assert row.recorded_at < clock.now()
        row.full_clean(exclude=["uid", "written_by_id", "withdrawn_at"], validate_unique=False)


def test_most_is_made_up_soon_some_late_some_not_yet() -> None:
    today = clock.today()
    last = periods.shift(periods.containing(today, periods.MONTH), -2)
    found = Counter[str]()
    for row in missed(periods.first_day(last), periods.last_day(last)).select_related("meeting"):
        days = (row.made_up_on - row.meeting.held_on).days if row.made_up_on else None
        found["open" if days is None else "soon" if days <= MAKE_UP_DAYS else "late"] += 1
    assert found["soon"] / found.total() > 0.7
    assert 0 < found["late"] < found["soon"]
    assert found["open"] > 0
    running = missed(today.replace(day=1), today)
    left = running.filter(made_up_on=None).count()
    assert 0 < left < running.count(), "the running month has something of each"


def test_entries_are_what_the_page_would_take() -> None:
    rows = StudyRecord.objects.filter(makes_up=None).select_related("organization")
    by_batch: dict[object, list[StudyRecord]] = defaultdict(list)
    counting = counting_of(clock.today().year)
    for row in rows:
        by_batch[row.batch].append(row)
        rule = counting[row.kind]  # type: ignore[index]
        assert bool(row.minutes) == bool(rule.per_hour and not row.half_days)
        assert not row.half_days or rule.per_half_day
        assert row.half_days <= 2 * row.days
        assert row.started_on <= row.ended_on < clock.today()
        assert row.started_on.year == row.ended_on.year
        assert row.recorded_at < clock.now()
        row.full_clean(exclude=["uid", "written_by_id", "withdrawn_at"], validate_unique=False)
    assert len(by_batch) > 50
    assert any(row.is_central_course for row in rows)
    for some in list(by_batch.values())[::5]:
        first = some[0]
        assert len({(one.organization_id, one.title, one.started_on) for one in some}) == 1
        there = members_on([first.organization_id], first.started_on)[first.organization_id]
        assert {one.member_id for one in some} <= {one.member_id for one in there}


def test_courses_are_of_those_who_sit_on_committees() -> None:
    day = clock.today()
    lines = {
        line.member_id: line
        for line in study_lines(MemberStanding.objects.on(day).filter(ON_ROLL), day)
    }
    on_course = set(
        StudyRecord.objects.filter(is_central_course=True).values_list("member_id", flat=True)
    )
    assert on_course
    assert {lines[pk].group for pk in on_course if pk in lines} == {StudyGroup.COMMITTEES}
    assert all(lines[pk].has_central for pk in on_course if pk in lines)
    assert COURSE_KINDS


def test_appraisals_are_what_the_page_would_take() -> None:
    rows = list(Appraisal.objects.select_related("organization"))
    records = {row.uid: row for row in Meeting.objects.current()}
    present = dict(
        MeetingUnit.objects.filter(meeting__superseded_at=None).values_list(
            "meeting__uid", "present_count"
        )
    )
    beyond, graded = 0, Counter[str]()
    assert rows
    for row in rows:
        record = records[row.record_uid]
        assert (record.kind, record.state in HELD) == (MeetingKind.APPRAISAL, True)
        assert row.year == year_about(record.held_on)
        assert present[row.record_uid] <= row.given_count
        assert row.returned_count <= row.given_count
        assert 0 < row.valid_count <= row.returned_count
        assert record.recorded_at < row.written_at < clock.now()
        results = results_of(row)
        roll = appraised_at(record, None)
        assert [one.member_id for one in results] == [one.member_id for one in roll]
        for one, known in zip(results, roll, strict=True):
            cast = [getattr(one, f"{name}_count") for name in COUNTS]
            assert min(cast) >= 0
            assert sum(cast) <= row.valid_count
            assert one.is_probationary == known.is_probationary == (one.grade == "")
            graded[one.grade] += 1
        summary = summary_of(results)
        beyond += summary.is_beyond
        assert summary.is_beyond == (summary.of(Grade.EXCELLENT) > may_be_excellent(summary.graded))
    assert beyond <= max(1, len(rows) // 20)
    assert graded["qualified"] > graded["excellent"] > graded["basic"]


def test_lists_are_of_their_records_and_people() -> None:
    records = {row.uid: row for row in Meeting.objects.current().select_related("organization")}
    lists = list(ProblemList.objects.prefetch_related("problems__member"))
    held = [
        row
        for row in records.values()
        if row.kind == MeetingKind.LIFE_MEETING and row.state in HELD
    ]
    assert len(lists) >= len(held) * 0.9 > 0
    states = Counter[str]()
    for whole in lists:
        record = records[whole.record_uid]
        assert record.kind in LISTED_KINDS
        assert whole.year == year_about(record.held_on)
        assert whole.organization_id == record.organization_id
        named = {one.member_id for one in people_of(record)}
        lines = list(whole.problems.all())
        assert sum(line.member_id is None for line in lines) >= 2
        assert any(line.member_id for line in lines)
        for line in lines:
            assert line.member_id is None or line.member_id in named
            assert whole.written_at <= line.written_at < clock.now()
            assert bool(line.outcome) == (line.state == ProblemState.DONE)
            assert "{" not in line.text + line.measure
            states[line.state] += 1
    assert states["done"]
    assert states["open"]
    carried = Problem.objects.filter(state=ProblemState.CARRIED).values_list("uid", flat=True)
    into = Problem.objects.exclude(carried_from=None).values_list("carried_from", flat=True)
    assert set(carried) == set(into)


def test_many_have_laid_down_a_plan_not_all() -> None:
    plans = list(YearPlan.objects.select_related("organization").prefetch_related("meetings"))
    branches = Organization.objects.filter(
        kind__in=[OrganizationKind.BRANCH, OrganizationKind.JOINT_BRANCH]
    ).count()
    assert 0.3 < len(plans) / branches < 0.8
    for plan in plans:
        assert plan.party_day
        assert is_rule(plan.party_day)
        lines = list(plan.meetings.all())
        assert sorted(one.month for one in lines if one.kind == MeetingKind.PARTY_DAY) == list(
            range(1, 13)
        )
        for line in lines:
            line.full_clean(exclude=["day"])

"""A year's plan of organisation life: the fixed day, what is offered, and the table it is laid in."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.periods import WorkCalendar
from orgs.models import Organization
from schedules.life.enums import MeetingKind
from schedules.life.models import PlannedMeeting, YearPlan
from schedules.life.queries import year_plans

from .world import Zone

OFF = [dt.date(2026, 2, day) for day in range(15, 24)]
OFF += [dt.date(2026, 5, day) for day in range(1, 6)] + [dt.date(2026, 4, 6)]
OFF += [dt.date(2026, 10, day) for day in range(1, 8)]
WORKED = [dt.date(2026, 2, 14), dt.date(2026, 5, 9), dt.date(2026, 10, 10)]
CALENDAR = WorkCalendar({**dict.fromkeys(OFF, False), **dict.fromkeys(WORKED, True)})
MOMENT = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("rule", "month", "day"),
    [
        ("d5", 6, 5),
        ("d5", 9, 7),  # a Saturday
        ("d5", 5, 6),  # the holiday is over the day after
        ("d5", 10, 8),
        ("d15", 2, 14),  # the holiday lasts longer than a week: before it, a Saturday worked
        ("d31", 2, 27),  # the 28th is a Saturday that nobody works in this calendar
        ("d31", 5, 29),  # a Sunday: not into the next month
        ("w1-5", 6, 5),
        ("w1-5", 5, 6),  # on the 1st of May, which is a holiday
        ("w5-5", 6, 26),
        ("w5-5", 7, 31),
        ("w1-6", 6, 6),  # laid down for a Saturday: meant so
        ("w2-6", 5, 9),
        ("w1-7", 5, 6),  # a Sunday, but a decreed holiday
    ],
)
def test_fixed_day_moves_within_a_week(rule: str, month: int, day: int) -> None:
    assert year_plans.fixed_day(rule, 2026, month, CALENDAR) == dt.date(2026, month, day)


def test_no_rule_no_day() -> None:
    assert year_plans.fixed_day("", 2026, 6, CALENDAR) is None


def lay_down(of: Organization, party_day: str = "", year: int = 2026, **line: object) -> None:
    plan, _ = YearPlan.objects.get_or_create(
        organization=of,
        year=year,
        defaults={"party_day": party_day, "written_at": MOMENT, "written_by_name": "李书记"},
    )
    if line:
        number = plan.meetings.count() + 1
        PlannedMeeting.objects.create(plan=plan, number=number, **line)


def test_what_is_planned_for_the_day(zone: Zone) -> None:
    pk, party = zone.branch.pk, MeetingKind.PARTY_DAY
    lay_down(zone.branch, "d5", year=2025)
    fifth = dt.date(2026, 6, 5)
    (found,) = year_plans.meetings_planned_on(
        pk, fifth
    )  # the fixed day of the year before holds on
    assert (found.kind, found.day, found.theme) == (party, fifth, "")
    assert year_plans.meetings_planned_on(pk, fifth + dt.timedelta(days=1)) == []
    assert year_plans.meetings_planned_on(zone.neighbour_branch.pk, fifth) == []

    lay_down(zone.branch, "d5", month=6, kind=party, theme="重温入党誓词")
    lay_down(zone.branch, month=6, day=5, kind=MeetingKind.LESSON, theme="书记讲党课")
    found_ = year_plans.meetings_planned_on(zone.actor("huzhuang1"), fifth)
    assert [(one.kind, one.theme) for one in found_] == [
        (MeetingKind.LESSON, "书记讲党课"),
        (party, "重温入党誓词"),
    ]
    # A day that the plan names takes the place of the fixed one.
    PlannedMeeting.objects.filter(kind=party).update(day=12)
    assert [one.kind for one in year_plans.meetings_planned_on(pk, fifth)] == [MeetingKind.LESSON]
    (moved,) = year_plans.meetings_planned_on(pk, dt.date(2026, 6, 12))
    assert moved.theme == "重温入党誓词"


def test_many_cost_as_many_statements_as_one(zone: Zone) -> None:
    places = [zone.branch.pk, zone.branch2.pk, zone.neighbour_branch.pk]
    for place in (zone.branch, zone.branch2, zone.neighbour_branch):
        lay_down(place, "d5", month=6, kind=MeetingKind.LESSON, theme="党课")
    day = dt.date(2026, 6, 5)
    with CaptureQueriesContext(connection) as one:
        year_plans.planned_on(places[:1], day)
    with CaptureQueriesContext(connection) as three:
        found = year_plans.planned_on(places, day)
    assert len(one) == len(three) == 4
    assert [len(found[pk]) for pk in places] == [1, 1, 1]


def test_a_record_begins_with_the_theme_that_was_planned(zone: Zone) -> None:
    party, day = MeetingKind.PARTY_DAY, dt.date(2026, 6, 10)
    lay_down(zone.branch, "w1-5", month=6, kind=party, theme="参观纪念馆", place="纪念馆")
    offered = year_plans.offered(zone.branch.pk, party, day)
    assert offered == {"topic": "参观纪念馆", "place": "纪念馆"}
    assert year_plans.offered(zone.branch.pk, MeetingKind.LESSON, day) == {}
    fixed = year_plans.planned_for(zone.branch.pk, party, dt.date(2026, 7, 20))
    assert fixed is not None
    assert (fixed.day, fixed.theme) == (dt.date(2026, 7, 3), "")
    path = "/life/meetings/new/party_day/?on=2026-06-10"
    page = zone.client("huzhuang1").get(path)
    assert page.context["form"]["topic"].value() == "参观纪念馆"

"""The figures of meetings read their part of the records only: PostgreSQL's own plans, at the
proportions of a zone (200 branches, three years, four meetings a month)."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock, figures
from core.actor import system
from core.figures import Window
from orgs.models import Organization
from schedules.life.enums import MeetingKind
from schedules.life.models import Meeting, MeetingUnit
from schedules.rounds.actions import opening
from schedules.rounds.models import Plan

from .test_query_plans import plans
from .world import Zone, make_organizations

pytestmark = pytest.mark.postgres
NOW = dt.datetime(2026, 7, 20, 2, tzinfo=dt.UTC)
BIG = {"life_meeting", "life_meetingunit", "schedules_duty"}
KINDS = ("party_day", "committee_meeting", "group_meeting", "lesson")


def fill(zone: Zone) -> None:
    """Three years of records and of duties of 200 branches."""
    names = [{"name": f"支部{number}", "kind": "branch"} for number in range(200)]
    places = [*make_organizations(zone.neighbour_street, names), zone.branch]
    days = [dt.date(2023 + month // 12, month % 12 + 1, 10) for month in range(7, 43)]
    written = NOW - dt.timedelta(days=30)
    meetings = Meeting.objects.bulk_create(
        (
            Meeting(
                organization=place,
                kind=kind,
                held_on=day,
                topic="清洁家园",
                recorded_at=written,
                written_at=written,
                written_by_name="孙广强",
            )
            for place in places
            for day in days
            for kind in KINDS
        ),
        batch_size=5000,
    )
    MeetingUnit.objects.bulk_create(
        (
            MeetingUnit(
                meeting=one,
                organization_id=one.organization_id,
                expected_count=20,
                present_count=18,
                absent_count=2,
            )
            for one in meetings
        ),
        batch_size=5000,
    )
    plan = Plan.objects.create(
        key="party_day",
        name="主题党日",
        fulfilment="life.party_day",
        kinds=["branch"],
        cadence="month",
        starts_on=dt.date(2023, 1, 1),
    )
    for day in days:
        opening.open_period(plan=plan, period=f"{day:%Y-%m}", by=system())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def whole(places: list[Organization], window: Window) -> set[str]:
    """The big tables that the figures of the places read whole."""
    keys = [key for key in figures.registered() if key.startswith("life_")]
    with CaptureQueriesContext(connection) as queries:
        found = figures.values(keys, places, window)
    assert found["life_party_day"][places[0].pk]
    return {
        step["Relation Name"]
        for query in queries
        if query["sql"].lstrip().startswith("SELECT")
        for step in plans(query["sql"])
        if step["Node Type"] == "Seq Scan" and step["Relation Name"] in BIG
    }


def test_figures_of_a_month_read_no_table_whole(zone: Zone) -> None:
    with clock.at(NOW):
        fill(zone)
        assert MeetingKind.PARTY_DAY in KINDS
        month = Window("2026-06", NOW.date())
        frozen = Window("2026-06", NOW.date(), NOW - dt.timedelta(days=1))
        year = Window("2026", NOW.date())
        noticed = {
            step.get("Relation Name")
            for step in plans("SELECT * FROM life_meeting WHERE topic LIKE '%x%'")
        }
        assert "life_meeting" in noticed
        for window in (month, frozen, year):
            assert whole([zone.branch], window) == set(), window
        for window in (month, frozen):
            assert whole([zone.general], window) == set(), window
        # Of the top a month is a part of everybody's: its records are found by their days, and the
        # narrow rows of the parts may be cheaper to read whole.
        assert whole([zone.root], month) <= {"life_meetingunit"}

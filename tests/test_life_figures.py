"""Figures of meetings: what they count, also of a moment that is over, and the rows they open."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock, figures
from core.actor import system
from core.figures import Window
from members.actions import standings
from orgs.models import Organization
from schedules.life.actions import meetings
from schedules.life.actions.meetings import Mark, Written
from schedules.life.enums import AbsenceReason, MeetingKind, Presence
from schedules.life.models import Meeting
from schedules.life.queries.counted import figure_key
from schedules.life.queries.rolls import roll_of
from schedules.life.rules import key_of as duty_key
from schedules.rounds.actions import arrangements, opening
from schedules.rounds.models import Duty, Plan

from .world import START, Zone, make_member

UTC = dt.UTC
NOW = dt.datetime(2026, 7, 3, 2, tzinfo=UTC)
LATER = dt.datetime(2026, 7, 20, 2, tzinfo=UTC)
HERE = Mark(Presence.PRESENT)
ILL = Mark(Presence.ABSENT, AbsenceReason.ILLNESS)
GONE = Mark(Presence.ABSENT, AbsenceReason.NONE)
DAY, PARTY, COMMITTEE = (
    MeetingKind.PARTY_DAY,
    figure_key(MeetingKind.PARTY_DAY),
    figure_key(MeetingKind.COMMITTEE_MEETING),
)
JUNE, QUARTER = Window("2026-06", NOW.date()), Window("2026-Q2", NOW.date())


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def june(zone: Zone) -> Zone:
    """Branches of two, of one and, elsewhere, of one; a monthly 主题党日 and a quarterly 党员大会 are owed."""
    people = ((zone.branch, "甲", "乙"), (zone.branch2, "丙"), (zone.neighbour_branch, "丁"))
    for place, *names in people:
        for name in names:
            make_member(place, name)
    standings.fill(since=START)
    for kind, cadence, period in (
        (DAY, "month", "2026-06"),
        (MeetingKind.GENERAL_MEETING, "quarter", "2026-Q2"),
    ):
        plan = Plan.objects.create(
            key=kind,
            name=kind.label,
            fulfilment=duty_key(kind),
            kinds=["branch"],
            cadence=cadence,
            starts_on=dt.date(2026, 1, 1),
        )
        opening.open_period(plan=plan, period=period, by=system())
    return zone


def written(day: int = 10, kind: MeetingKind = DAY, month: int = 6, **more: Any) -> Written:
    return Written(kind=kind, held_on=dt.date(2026, month, day), topic="清洁家园", **more)


def write(
    zone: Zone, *units: Organization, what: Written | None = None, mark: Mark = HERE
) -> Meeting:
    """Held by the units, of whose people the first is marked as said and the others were there."""
    what = what or written()
    who = [
        one.member_id for unit in units for one in roll_of(unit, what.kind, what.held_on).expected
    ]
    return meetings.record(
        uid=uuid.uuid4(),
        units=units,
        written=what,
        marks={pk: HERE if index else mark for index, pk in enumerate(who)},
        by=zone.actor("zone"),
    )


def told(window: Window, place: Organization) -> dict[str, int | None]:
    """What the figures of organisation life say, those that are not 0."""
    keys = [key for key in figures.registered() if key.startswith("life_")]
    found = figures.values(keys, [place], window)
    return {key: found[key][place.pk] for key in keys if found[key][place.pk]}


def shown(zone: Zone, place: Organization, window: Window) -> dict[str, int]:
    """What the pages say that the figures open: rows, or for 人次 what they add up to."""
    keys = [key for key in figures.registered() if key.startswith("life_")]
    client, found = zone.client("zone"), {}
    for key, address in figures.addresses(keys, place, window, zone.actor("zone")).items():
        context = client.get(address).context
        number = context["page"].paginator.count
        word = key.rpartition("_")[2]
        if word in ("expected", "present", "unexcused"):
            number = context["sums"][word]
        found[key] = number
    return {key: number for key, number in found.items() if number}


def test_nothing_recorded_is_owed_and_missing(june: Zone) -> None:
    assert told(JUNE, june.branch) == {
        "life_due": 2,
        "life_party_day_due": 1,
        "life_general_meeting_due": 1,  # the quarter ends in June
    }
    with clock.at(LATER):
        seen = told(Window("2026-06", LATER.date()), june.general)
    assert seen == {
        "life_due": 4,
        "life_missing": 4,
        "life_party_day_due": 2,
        "life_party_day_missing": 2,
        "life_general_meeting_due": 2,
        "life_general_meeting_missing": 2,
    }
    assert told(Window("2026-05", NOW.date()), june.general) == {}


def test_figures_of_one_and_of_three_open_what_they_count(june: Zone) -> None:
    write(june, june.branch, mark=GONE)
    of_one = {
        "life_party_day": 1,
        "life_held": 1,
        "life_expected": 2,
        "life_present": 1,
        "life_unexcused": 1,
        "life_party_day_expected": 2,
        "life_party_day_present": 1,
        "life_due": 2,
        "life_on_time": 1,
        "life_party_day_due": 1,
        "life_general_meeting_due": 1,
    }
    assert told(JUNE, june.branch) == shown(june, june.branch, JUNE) == of_one

    write(june, june.branch, june.branch2, what=written(25), mark=ILL)  # counts for each
    write(june, june.branch, what=written(20, MeetingKind.GENERAL_MEETING, month=4))
    write(june, june.neighbour_branch)
    general = told(JUNE, june.general)
    assert general == shown(june, june.general, JUNE)
    assert (general["life_party_day"], general["life_party_day_expected"]) == (3, 5)
    assert (general["life_present"], general["life_unexcused"]) == (3, 1)
    assert (general["life_on_time"], general["life_due"]) == (3, 4)
    assert "life_general_meeting" not in general, "held in April"
    quarter = told(QUARTER, june.general)
    assert quarter == shown(june, june.general, QUARTER)
    assert (quarter["life_general_meeting"], quarter["life_held"]) == (1, 4)


def test_a_frozen_number_is_found_again(june: Zone) -> None:
    kept, back = write(june, june.branch, mark=GONE), write(june, june.branch2)
    held = write(june, june.branch, what=written(9, MeetingKind.GENERAL_MEETING))
    frozen = Window("2026-06", NOW.date(), NOW + dt.timedelta(minutes=1))
    then = told(frozen, june.general)
    assert then == told(JUNE, june.general)
    assert (then["life_on_time"], then["life_party_day"]) == (3, 2)

    with clock.at(LATER):
        roll = {one.member_id: HERE for one in roll_of(june.branch, DAY, kept.held_on).expected}
        meetings.rewrite(
            meeting=kept,
            version=1,
            units=[june.branch],
            written=written(8, month=7),
            marks=roll,
            by=june.actor("huzhuang1"),
        )
        meetings.withdraw(meeting=back, reason="登错了", by=june.actor("huzhuang2"))
        write(june, june.branch2, what=written(30, MeetingKind.GENERAL_MEETING))
        duty = Duty.objects.get(organization=june.branch, plan__key=DAY)
        arrangements.waive(
            duty=duty,
            revision=duty.revision,
            reason="支部换届期间",
            approved_by="党工委",
            by=june.actor("zone"),
        )
        later = told(Window("2026-06", LATER.date()), june.general)
        assert (later.get("life_party_day"), later["life_due"]) == (None, 3)
        assert (later["life_on_time"], later["life_general_meeting"]) == (2, 2)
        assert told(frozen, june.general) == then == shown(june, june.general, frozen)
        # Of a day without a moment it is the truth about that day, as it is known now.
        in_june = Window("2026-06", dt.date(2026, 6, 20))
        seen = told(in_june, june.general)
        assert seen == shown(june, june.general, in_june)
        assert (seen["life_general_meeting"], seen["life_on_time"]) == (1, 1)
    assert held.state == "recorded"


def test_what_was_held_after_its_day_is_late(june: Zone) -> None:
    early = dt.datetime(2026, 6, 14, 16, tzinfo=UTC)
    Duty.objects.update(due_at=early, late_after=early)
    write(june, june.branch, what=written(14))
    write(june, june.branch2, what=written(15))
    frozen = Window("2026-06", NOW.date(), NOW)
    for window in (JUNE, frozen):
        seen = told(window, june.general)
        assert seen == shown(june, june.general, window)
        assert (seen["life_on_time"], seen["life_late"], seen["life_missing"]) == (1, 1, 2)


def test_all_figures_cost_the_same_for_one_and_three(june: Zone) -> None:
    keys = [key for key in figures.registered() if key.startswith("life_")]
    frozen = Window("2026-06", NOW.date(), NOW)
    for window, cost in ((Window("2026-07", NOW.date()), 3), (JUNE, 5), (frozen, 6)):
        costs = []
        for places in ([june.branch], [june.root, june.general, june.neighbour_branch]):
            write(june, june.branch)
            with CaptureQueriesContext(connection) as queries:
                figures.values(keys, places, window)
            costs.append(len(queries))
        assert costs == [cost, cost]


@pytest.mark.parametrize(
    ("title", "unit", "key"),
    [
        ("本月召开支委会次数", "次", COMMITTEE),
        ("本支部召开支部委员会会议次数", "", COMMITTEE),
        ("主题党日次数", "", PARTY),
        ("本月开展主题党日（次）", "", PARTY),
        ("本月上党课次数", "次", "life_lesson"),
        ("支部党员大会召开次数", "次", "life_general_meeting"),
        ("参加主题党日人次", "人次", "life_party_day_present"),
        ("主题党日", "", None),
        ("党员大会次数", "次", None),
        ("参加主题党日的党员数", "人", None),
        ("本年主题党日次数", "次", None),
    ],
)
def test_questions_that_ask_for_one_are_told(title: str, unit: str, key: str | None) -> None:
    found = figures.called(title, "month", unit)
    assert (found.key if found else None) == key


def test_rows_of_others_are_counted_to_nobody_who_may_not_see_them(june: Zone) -> None:
    write(june, june.neighbour_branch, what=written())
    client = june.client("huzhuang1")
    there = {"organization": june.neighbour_branch.pk, "period": "2026-06"}
    assert client.get("/life/", there).status_code == 404
    assert client.get("/life/duties/", {**there, "figure": "life_due"}).status_code == 404
    assert client.get("/life/duties/", {"figure": "members_on_roll"}).status_code == 404
    page = client.get("/life/duties/", {"figure": "life_due", "period": "2026-06"})
    assert [row["duty"].organization_id for row in page.context["rows"]] == [june.branch.pk] * 2
    for odd in ("at=x", "on=2026-13-01", "at=99999999999999999", "on=9999-12-31"):
        assert (
            client.get(f"/life/?organization={june.branch.pk}&period=2026-06&{odd}").status_code
            == 200
        )

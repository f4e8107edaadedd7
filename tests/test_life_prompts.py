"""Who is reminded of what was not held: its owner, and the level directly above; and until when."""

import datetime as dt
import io
import uuid

import pytest
from django.core.management import call_command

from core import clock
from core.actor import system
from members.actions import standings
from schedules.life.actions import meetings
from schedules.life.actions.meetings import Mark, Written
from schedules.life.enums import MeetingKind, Presence
from schedules.life.queries.rolls import roll_of
from schedules.life.rules import key_of
from schedules.rounds.actions import opening
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan

from .world import START, Zone, make_member

AUGUST = dt.datetime(2026, 8, 20, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 6, 10)


@pytest.fixture
def owing(zone: Zone) -> Zone:
    """June's 主题党日 is owed by all branches and closed since July; July's is missing."""
    for place in (zone.branch, zone.branch2):
        make_member(place, "甲")
    standings.fill(since=START)
    plan = Plan.objects.create(
        key="days",
        name="主题党日",
        fulfilment=key_of(MeetingKind.PARTY_DAY),
        kinds=["branch"],
        cadence="month",
        lock_working_days=20,
        starts_on=dt.date(2026, 1, 1),
    )
    with clock.at(dt.datetime(2026, 8, 1, 2, tzinfo=dt.UTC)):
        for period in ("2026-06", "2026-07"):
            opening.open_period(plan=plan, period=period, by=system())
    call_command("tick", now=AUGUST.isoformat(), stdout=io.StringIO())
    return zone


def home(zone: Zone, who: str) -> str:
    return zone.client(who).get("/").content.decode()


def test_level_directly_above_reads_one_line_and_the_zone_none(owing: Zone) -> None:
    with clock.at(AUGUST):
        assert home(owing, "huzhuang").count("下级有主题党日没有开") == 1
        for who in ("zone", "dahuangshan"):
            page = home(owing, who)
            assert "没有开" not in page, who
            assert "未开2026年" not in page, who


def test_what_was_held_counts_on_its_day_however_late_it_is_written(owing: Zone) -> None:
    duty = Duty.objects.get(organization=owing.branch, period="2026-06")
    with clock.at(AUGUST):
        assert duty.is_locked(clock.now())
        assert "锁定" not in home(owing, "huzhuang1"), "asked for no more"
        roll = roll_of(owing.branch, MeetingKind.PARTY_DAY, DAY)
        meetings.record(
            uid=uuid.uuid4(),
            units=[owing.branch],
            written=Written(MeetingKind.PARTY_DAY, DAY, "清洁家园"),
            marks={one.member_id: Mark(Presence.PRESENT) for one in roll.expected},
            by=owing.actor("huzhuang1"),
        )
    duty.refresh_from_db()
    assert (duty.state, duty.done_count) == (DutyState.ACCEPTED, 1)

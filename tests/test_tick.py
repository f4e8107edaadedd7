"""`manage.py tick`: a month opens by itself, and once however often the clock strikes."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core import clock, scheduler
from core.actor import system
from core.models import Effect, Slot
from schedules.rounds.actions import opening
from schedules.rounds.models import CalendarYear, Duty, Report
from tests.parallel import run_together
from tests.world import Zone, build_zone

OPENING = "2026-06-26T00:30+08:00"


def tick(now: str = OPENING) -> str:
    out = io.StringIO()
    call_command("tick", now=now, stdout=out)
    return out.getvalue()


def install(at: str = "2026-06-01T09:00+08:00") -> None:
    with clock.at(dt.datetime.fromisoformat(at)):
        opening.install_defaults(by=system())


def test_month_opens_by_itself_on_its_day(zone: Zone) -> None:
    install()
    tick("2026-06-25T12:00+08:00")
    assert not Duty.objects.exists()
    said = tick(OPENING)
    assert set(Duty.objects.values_list("period", flat=True)) == {"2026-06"}
    assert Report.objects.count() == Duty.objects.count() == 6
    assert "job:schedules.open_periods" in str(list(Effect.objects.values_list("kind", flat=True)))
    assert "slot:schedules.open_periods" in said
    assert "完成" in said


def test_tick_fills_the_calendar_of_the_years_around(zone: Zone) -> None:
    tick()
    assert {2025, 2026} <= set(CalendarYear.objects.values_list("year", flat=True))


def test_tick_repeated_does_nothing_more(zone: Zone) -> None:
    install()
    tick()
    effects, slots = Effect.objects.count(), Slot.objects.count()
    said = tick()
    assert "0 jobs booked, 0 effects run" in said
    assert (Effect.objects.count(), Slot.objects.count(), Duty.objects.count()) == (
        effects,
        slots,
        6,
    )


def test_month_missed_while_nobody_was_there_opens_later(zone: Zone) -> None:
    install()
    tick("2026-07-09T10:00+08:00")
    assert set(Duty.objects.values_list("period", flat=True)) == {"2026-06"}
    assert Duty.objects.first().due_on == dt.date(2026, 7, 6)


@pytest.mark.django_db(transaction=True)
def test_eight_clocks_at_once_open_the_month_once() -> None:
    build_zone()
    install()
    outcomes = run_together([tick] * 8)
    assert [outcome.error for outcome in outcomes] == [None] * 8
    tick()  # whatever a colliding worker left behind
    assert Duty.objects.count() == Report.objects.count() == 6
    job = "schedules.open_periods"
    assert Slot.objects.filter(job=job).count() == 1
    assert Effect.objects.filter(kind=f"job:{job}").count() == 1
    assert set(Effect.objects.values_list("state", flat=True)) == {"done"}


def test_failing_job_does_not_keep_tick_running(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("no calendar today")

    monkeypatch.setattr("schedules.rounds.actions.calendar.fill_from_package", fail)
    said = tick()
    assert "no calendar today" in said
    row = Effect.objects.get(kind="job:schedules.open_periods")
    assert (row.state, row.attempts) == ("pending", 1)


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01T00:00", "0001-01-01T00:00+08:00"])
def test_moment_that_is_none_is_refused_with_an_example(zone: Zone, text: str) -> None:
    with pytest.raises(CommandError, match=r"2026-07-06T08:00|2000 and 2100"):
        tick(text)


def test_moment_without_zone_is_local_time(zone: Zone) -> None:
    assert "2026-06-26 00:30" in tick("2026-06-26T00:30")


def test_daily_job_has_one_moment_a_day() -> None:
    job = scheduler.jobs()["schedules.open_periods"]
    until = dt.datetime.fromisoformat("2026-07-06T09:00+08:00")
    moments = scheduler.planned(job, since=until - dt.timedelta(hours=48), until=until)
    assert [f"{moment:%m-%d %H:%M}" for moment in moments] == ["07-05 00:10", "07-06 00:10"]

"""Periods and working days, against the vectors of the State Council's 2026 arrangement."""

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import periods
from core.actor import system
from core.periods import WorkCalendar
from schedules.rounds.actions import calendar
from schedules.rounds.queries.calendar import decreed_days, load

VECTORS = json.loads((Path(__file__).parent / "data/deadlines_2026.json").read_text())
DAY = dt.date.fromisoformat


@pytest.fixture
def decreed() -> WorkCalendar:
    rows = [*decreed_days(2026)]
    return WorkCalendar({row["day"]: row["is_working"] for row in rows}, frozenset({2026}))


def test_deadlines_of_2026_move_to_the_next_working_day(decreed: WorkCalendar) -> None:
    found = [str(decreed.nth_of_month(f"2026-{month:02d}", 5)) for month in range(1, 13)]
    assert found == VECTORS["day_5"]


@pytest.mark.parametrize(("start", "count", "wanted"), VECTORS["add_working_days"])
def test_working_days_are_added_over_holidays_and_worked_weekends(
    decreed: WorkCalendar, start: str, count: int, wanted: str
) -> None:
    assert decreed.add_working_days(DAY(start), count) == DAY(wanted)
    assert decreed.add_working_days(DAY(wanted), -count) == DAY(start)


def test_working_days_of_each_month_of_2026(decreed: WorkCalendar) -> None:
    months = [f"2026-{month:02d}" for month in range(1, 13)]
    found = [decreed.working_days(periods.first_day(m), periods.last_day(m)) for m in months]
    assert found == VECTORS["working_days_by_month"]


@pytest.mark.django_db
def test_calendar_in_the_table_is_that_of_the_vectors() -> None:
    filled = calendar.fill_from_package(years=[2025, 2026, 2099], by=system())
    assert filled == [2025, 2026]  # 2099 is not known, therefore not guessed
    assert calendar.fill_from_package(years=[2025, 2026], by=system()) == []
    table = load()
    found = [str(table.nth_of_month(f"2026-{month:02d}", 5)) for month in range(1, 13)]
    assert found == VECTORS["day_5"]
    assert table.is_decreed(DAY("2026-01-01"))
    assert not table.is_decreed(DAY("2099-01-01"))


def test_year_not_decreed_counts_weekends_alone() -> None:
    bare = WorkCalendar()
    assert bare.nth_of_month("2027-06", 5) == DAY("2027-06-07")  # the 5th is a Saturday
    assert not bare.is_decreed(DAY("2027-06-05"))


def test_day_beyond_the_month_is_its_last() -> None:
    assert WorkCalendar().nth_of_month("2027-02", 31) == DAY("2027-03-01")  # 28th is a Sunday


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2026-06", "2026年6月"),
        ("2026-Q2", "2026年第二季度"),
        ("2026-H2", "2026年下半年"),
        ("2026", "2026年"),
    ],
)
def test_period_is_named_as_people_write_it(text: str, label: str) -> None:
    assert periods.is_period(text)
    assert periods.label(text) == label
    assert periods.shift(periods.shift(text, 5), -5) == text


@pytest.mark.parametrize(
    ("last", "heads"),
    [
        ("2026-02", [("2025", "12月"), ("2026", "1月"), ("", "2月")]),
        ("2026-Q2", [("2025", "四季度"), ("2026", "一季度"), ("", "二季度")]),
        ("2026-H2", [("2025", "下半年"), ("2026", "上半年"), ("", "下半年")]),
        ("2026", [("", "2024年"), ("", "2025年"), ("", "2026年")]),
    ],
)
def test_heads_say_the_year_where_it_begins(last: str, heads: list[tuple[str, str]]) -> None:
    assert periods.heads(periods.ending(last, 3)) == heads


@pytest.mark.parametrize(
    "text",
    ["", "2026-13", "2026-00", "2026-Q5", "26-01", "2026-1", "２０２６-01", "9999", "2026-06\n"],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    assert not periods.is_period(text)
    with pytest.raises(ValueError, match="not a period"):
        periods.first_day(text)


@given(st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31)), st.integers(-60, 60))
def test_adding_working_days_lands_on_a_working_day_that_far(day: dt.date, count: int) -> None:
    table = WorkCalendar({DAY("2026-10-01"): False, DAY("2026-10-10"): True})
    found = table.add_working_days(day, count)
    if count > 0:
        assert table.is_working(found)
        assert table.working_days(day + dt.timedelta(days=1), found) == count
    elif count < 0:
        assert table.is_working(found)
        assert table.working_days(found, day - dt.timedelta(days=1)) == -count
    else:
        assert found == day


@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)), st.sampled_from(periods.CADENCES))
def test_day_lies_in_its_period(day: dt.date, cadence: str) -> None:
    period = periods.containing(day, cadence)
    assert periods.first_day(period) <= day <= periods.last_day(period)
    assert periods.first_day(periods.shift(period, 1)) == periods.last_day(period) + dt.timedelta(1)


def test_what_makes_up_a_longer_period() -> None:
    assert periods.within("2026-H2", periods.MONTH) == [
        f"2026-{month:02d}" for month in range(7, 13)
    ]
    assert periods.within("2026", periods.HALF_YEAR) == ["2026-H1", "2026-H2"]
    assert periods.within("2026-06", periods.MONTH) == ["2026-06"]
    with pytest.raises(ValueError, match="has no quarter"):
        periods.within("2026-06", periods.QUARTER)

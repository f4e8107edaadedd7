"""The calendar page: what was decreed, what is only reckoned, and who may change it."""

import datetime as dt

import pytest

from core import clock
from core.actor import system
from core.models import AuditEntry
from schedules.rounds.actions import calendar, opening
from schedules.rounds.models import CalendarDay, CalendarYear
from schedules.rounds.queries.calendar import load
from tests.test_reports import JULY_6
from tests.world import Zone


@pytest.fixture
def decreed(zone: Zone) -> Zone:
    calendar.fill_from_package(years=[2026], by=system())
    with clock.at(JULY_6):
        opening.install_defaults(by=system())
    return zone


def test_year_shows_its_months_holidays_and_deadlines(decreed: Zone) -> None:
    page = decreed.client("zone").get("/calendar/", {"year": "2026"})
    months = page.context["months"]
    wanted = [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]
    assert [month["working"] for month in months] == wanted
    days = {
        cell["day"]: cell for month in months for week in month["weeks"] for cell in week if cell
    }
    assert len(days) == 365
    assert days[dt.date(2026, 10, 10)]["mark"] == "班"
    assert days[dt.date(2026, 10, 1)]["mark"] == "休"
    assert days[dt.date(2026, 10, 8)]["is_due"]  # September's reports, after the holiday
    assert days[dt.date(2026, 1, 5)]["is_due"]  # December's of the year before
    runs = {(run["name"], run["is_working"]): run for run in page.context["runs"]}
    assert runs["国庆节", False]["last"] == dt.date(2026, 10, 7)
    assert "国务院办公厅 2026 年节假日安排" in page.content.decode()


def test_year_not_decreed_says_that_it_is_reckoned(decreed: Zone) -> None:
    page = decreed.client("dahuangshan").get("/calendar/", {"year": "2027"}).content.decode()
    assert "2027年安排尚未公布或录入，按周末推算" in page
    assert "录入一天" not in page


@pytest.mark.parametrize("year", ["1999", "2101", "abc", "２０２６", "02026", "-2026"])
def test_year_that_is_none_is_not_there(decreed: Zone, year: str) -> None:
    assert decreed.client("zone").get("/calendar/", {"year": year}).status_code == 404


def test_day_is_entered_and_taken_away_again(decreed: Zone) -> None:
    client = decreed.client("zone")
    day = dt.date(2027, 5, 3)
    response = client.post(
        "/calendar/day/", {"day": "2027-05-03", "is_working": "0", "name": "劳动节"}
    )
    assert response["Location"] == "/calendar/?year=2027"
    assert not load().is_working(day)
    client.post("/calendar/day/", {"day": "2027-05-03", "is_working": "1", "name": "改"})
    assert CalendarDay.objects.get(day=day).is_working
    for _ in range(2):
        assert client.post("/calendar/day/remove/", {"day": "2027-05-03"}).status_code == 302
    assert not CalendarDay.objects.filter(day=day).exists()
    assert AuditEntry.objects.filter(verb="schedules.calendar.remove_day").count() == 1


@pytest.mark.parametrize(
    "given",
    [
        {"day": "2027-02-30", "is_working": "0"},
        {"day": "", "is_working": "0"},
        {"day": "1999-01-01", "is_working": "0"},
        {"day": "2027-05-03", "is_working": "2"},
        {"day": "2027-05-03", "is_working": "0", "name": "长" * 41},
    ],
)
def test_day_that_cannot_be_is_refused(decreed: Zone, given: dict[str, str]) -> None:
    before = CalendarDay.objects.count()
    response = decreed.client("zone").post("/calendar/day/", given)
    assert response.status_code == 422
    assert response.context["day_form"].errors
    assert CalendarDay.objects.count() == before


@pytest.mark.parametrize("day", ["", "x", "2027-13-01", "9" * 50])
def test_removal_of_no_day_is_not_there(decreed: Zone, day: str) -> None:
    assert decreed.client("zone").post("/calendar/day/remove/", {"day": day}).status_code == 404


def test_year_is_declared_complete_with_its_document(decreed: Zone) -> None:
    client = decreed.client("zone")
    for source in ("", "x", "长" * 101):
        assert client.post("/calendar/year/2027/", {"source": source}).status_code == 422
    assert client.post("/calendar/year/1066/", {"source": "国办发明电"}).status_code == 404
    assert not CalendarYear.objects.filter(year=2027).exists()
    client.post("/calendar/year/2027/", {"source": "国办发明电〔2026〕9号"})
    page = client.get("/calendar/", {"year": "2027"}).content.decode()
    assert "依据：国办发明电〔2026〕9号" in page
    assert "尚未公布或录入" not in page
    assert load().is_decreed(dt.date(2027, 6, 1))

"""The quarter's theme on the agenda of the month: the numbers of its page, for whom it concerns."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from orgs.models import Organization
from schedules.dispatch.actions import drafting, meetings
from schedules.dispatch.enums import Section, Topic
from schedules.dispatch.models import AgendaCard, DispatchMeeting
from schedules.themes.actions.drafting import KeyDate
from schedules.themes.agenda import feed

from .theme_world import BEFORE, JULY_2, QUARTER, Told, drafted, published
from .theme_world import told as told  # a fixture
from .world import Zone, make_organization

NOW = dt.datetime(2026, 7, 8, 1, tzinfo=dt.UTC)
START = dt.datetime(2026, 7, 20, 6, 30, tzinfo=dt.UTC)
AIM = ("sample_part", 90)


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def meeting_of(zone: Zone, place: Organization, who: str) -> DispatchMeeting:
    series = meetings.create_series(organization=place, name="调度会", by=zone.actor(who))
    return meetings.draft(series=series, period="2026-07", starts_at=START, by=zone.actor(who))


def themed(zone: Zone, told: Told, **more: Any) -> Any:
    """A theme of the zone that the village has reached and the other branch has not."""
    for period in (BEFORE, QUARTER):
        told.share(period, rows={zone.branch: (10, 10), zone.neighbour_branch: (7, 10)})
    with clock.at(JULY_2):
        return published(zone.root, zone.actor("zone"), AIM, **more)


def topics(meeting: DispatchMeeting) -> list[AgendaCard]:
    return list(AgendaCard.objects.on_agenda().filter(meeting=meeting, topic=Topic.THEME))


def test_agenda_has_the_theme_with_the_numbers_of_its_page(zone: Zone, told: Told) -> None:
    dates = [KeyDate("tour", dt.date(2026, 7, 21)), KeyDate("summary", dt.date(2026, 9, 28))]
    theme = themed(zone, told, dates=dates)
    meeting = meeting_of(zone, zone.root, "zone")
    drafting.draft_agenda(meeting=meeting, by=zone.actor("zone"))
    (card,) = topics(meeting)
    assert (card.section, card.title) == (Section.PLANS, "季度主题：缺课补上")
    assert card.note == "观摩 7月21日。依据 考核细则第 4 条"
    page = zone.client("zone").get(theme.get_absolute_url()).context["sums"]
    assert [one["value"] for one in card.figures] == [
        str(page.reached),
        str(page.short),
        str(page.lacking),
    ]
    assert [one["text"] for one in card.facts] == [
        f"样例率 {page.reached} / {page.measured} 个支部达到，1 个共差 2 人次：金山桥街道 2"
    ]
    assert card.facts[0]["url"].startswith(theme.get_absolute_url())
    assert zone.client("zone").get(card.facts[0]["url"]).status_code == 200
    assert drafting.draft_agenda(meeting=meeting, by=zone.actor("zone")).added == 0


def test_nothing_of_a_draft_of_another_quarter_or_of_who_is_not_concerned(
    zone: Zone, told: Told
) -> None:
    with clock.at(JULY_2):
        drafted(zone.root, zone.actor("zone"), AIM)
    meeting = meeting_of(zone, zone.root, "zone")
    assert feed(meeting) == []
    themed(zone, told, committees=[zone.street.pk])
    assert len(feed(meeting)) == 1
    assert feed(DispatchMeeting(organization=zone.root, period="2026-10")) == []
    elsewhere = DispatchMeeting(organization=zone.neighbour_street, period="2026-07")
    assert feed(elsewhere) == []


def test_committee_hears_of_its_own_branches_alone(zone: Zone, told: Told) -> None:
    themed(zone, told)
    (one,) = feed(DispatchMeeting(organization=zone.street, period="2026-07"))
    said = " ".join(fact["text"] for fact in one.facts)
    assert "1 / 1 个支部达到" in said
    assert str(zone.neighbour_branch) not in said


@pytest.mark.parametrize("more", [0, 2])
def test_queries_do_not_depend_on_the_number_of_branches(zone: Zone, told: Told, more: int) -> None:
    for at in range(more):
        make_organization(f"第{at}党支部", parent=zone.street)
    themed(zone, told)
    meeting = DispatchMeeting(organization=zone.root, period="2026-07")
    with CaptureQueriesContext(connection) as found:
        assert len(feed(meeting)) == 1
    assert len(found) == 6

"""The agenda drafts itself: from the month's exceptions, again and again, and keeps what people did."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock, periods
from core.errors import DomainError, NotAllowed
from core.states import MovedOn
from orgs.enums import OrganizationKind, Post
from orgs.models import OfficeHolding, Organization
from schedules.action_items.actions import issuing
from schedules.dispatch.actions import cards, drafting, meetings
from schedules.dispatch.enums import MeetingForm, Section, Topic
from schedules.dispatch.models import AgendaCard, DispatchMeeting
from schedules.dispatch.queries.exceptions import exceptions_of
from schedules.dispatch.queries.findings import Kind
from schedules.dispatch.words import worded
from schedules.rounds.models import Plan, ReportItem, Rollup

from .access_objects import open_month
from .world import Zone, make_organization

NOW = dt.datetime(2026, 7, 8, 1, tzinfo=dt.UTC)
START = dt.datetime(2026, 7, 20, 6, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def drafted(zone: Zone) -> DispatchMeeting:
    series = meetings.create_series(
        organization=zone.root, name="党建工作调度会", by=zone.actor("zone")
    )
    return meetings.draft(series=series, period="2026-07", starts_at=START, by=zone.actor("zone"))


def rolled(
    plan: Plan, organization: Organization, period: str, on_time: int, expected: int = 20
) -> Rollup:
    """Figures of a month as the roll-up would have written them."""
    return Rollup.objects.update_or_create(
        plan=plan,
        organization=organization,
        period=period,
        defaults={
            "path": organization.path,
            "expected": expected,
            "submitted": expected - 1,
            "on_time": on_time,
            "late": expected - 1 - on_time,
            "missing": 1,
            "locked": 0,
            "returned": 0,
            "returned_twice": 0,
            "accepted": on_time,
            "as_of": NOW,
        },
    )[0]


def a_year(zone: Zone, places: list[Organization], last: int, months: int = 13) -> Plan:
    """Months of rates about 90 per cent, and the last one as given."""
    open_month()
    plan = Plan.objects.in_order()[0]
    span = periods.ending("2026-06", months)
    for at, period in enumerate(span):
        on_time = last if period == "2026-06" else 18 + at % 2
        for place in [zone.root, *places]:
            rolled(plan, place, period, on_time)
    return plan


def test_rate_below_its_own_limits_becomes_a_card_with_a_chart(zone: Zone) -> None:
    a_year(zone, [zone.street, zone.neighbour_street], last=12)
    OfficeHolding.objects.create(
        organization=zone.street, post=Post.DEPUTY_SECRETARY, person_name="康红涛"
    )
    meeting = drafted(zone)
    drafting.draft_agenda(meeting=meeting, by=zone.actor("zone"))
    card = AgendaCard.objects.get(topic=Topic.LIMITS, organization=zone.street)
    assert card.speaker_name == "康红涛"
    assert len(card.chart["points"]) == 13
    assert card.chart["points"][-1] == ["2026年6月", 60.0]
    assert 60 < card.chart["lower"] < card.chart["mean"] < card.chart["upper"] <= 100
    assert "60%" in card.facts[0]["text"]
    missing = AgendaCard.objects.get(topic=Topic.MISSING)
    assert "6月" in missing.title
    other = AgendaCard.objects.get(origin=f"auto:2026-07:limits:{zone.neighbour_street.pk}")
    assert other.speaker_name == zone.users["zone"].name, "nobody holds the post there: staff"


def test_tour_looks_at_its_stops_and_not_at_figures(zone: Zone) -> None:
    a_year(zone, [zone.street], last=4)
    meeting = drafted(zone)
    assert len(exceptions_of(meeting)) > 1
    meeting.form = MeetingForm.OBSERVATION_TOUR
    assert [one.kind for one in exceptions_of(meeting)] == [Kind.PLAN]


def test_short_history_is_told_without_limits(zone: Zone) -> None:
    a_year(zone, [zone.street], last=4, months=11)
    [found] = [
        one
        for one in exceptions_of(drafted(zone))
        if one.kind == Kind.LOW and one.committee == zone.street
    ]
    said = worded(found)
    assert said.note == "历史太短，不画界限"
    assert "lower" not in said.chart


def test_vacancy_term_and_overdue_item_are_found_with_their_rows(zone: Zone) -> None:
    OfficeHolding.objects.create(
        organization=zone.branch,
        post=Post.SECRETARY,
        person_name="乔红玲",
        started_on=dt.date(2022, 1, 1),
        ended_on=dt.date(2026, 4, 1),
    )
    Organization.objects.filter(pk=zone.branch2.pk).update(term_ends_on=dt.date(2026, 6, 1))
    with clock.at(NOW - dt.timedelta(days=30)):
        given = issuing.Given(title="补齐党课记录", due_on=dt.date(2026, 6, 12))
        item = issuing.draft(
            issuer=zone.root, owners=[zone.street], given=given, by=zone.actor("zone")
        )
        issuing.issue(item=item, by=zone.actor("zone"))
    meeting = drafted(zone)
    drafting.draft_agenda(meeting=meeting, by=zone.actor("zone"))
    by_topic = {card.topic: card for card in AgendaCard.objects.on_agenda()}
    assert by_topic[Topic.VACANT].title == f"{zone.branch}：书记空缺 98 天"
    assert by_topic[Topic.TERM].title == "逾期未换届 1 个"
    assert by_topic[Topic.OVERDUE].title == "督办逾期 1 项，其中 1 项已报到上一级"
    assert by_topic[Topic.PLAN].is_chair
    client = zone.client("zone")
    for topic in (Topic.VACANT, Topic.TERM, Topic.OVERDUE):
        for fact in by_topic[topic].facts:
            if fact["url"]:
                assert client.get(fact["url"], follow=True).status_code == 200, fact
    overdue = by_topic[Topic.OVERDUE].facts[-1]["url"]
    assert "补齐党课记录" in client.get(overdue).content.decode()


def test_bright_spot_of_each_committee(zone: Zone) -> None:
    open_month()
    plan = Plan.objects.in_order()[0]
    for place in (zone.root, zone.street):
        rolled(plan, place, "2026-06", 19)
    item = ReportItem.objects.get(report__organization=zone.branch, key="highlights")
    item.sent_text = "活动很好大家都满意\n缺课党员送学上门 31 人次，补课率升到 91%"
    item.save()
    [found] = [one for one in exceptions_of(drafted(zone)) if one.kind == Kind.HIGHLIGHT]
    assert "31 人次" in worded(found).title
    assert found.committee == zone.street


def test_drafted_again_it_renews_figures_and_keeps_what_people_did(zone: Zone) -> None:
    plan = a_year(zone, [zone.street, zone.neighbour_street], last=12)
    meeting = drafted(zone)
    first = drafting.draft_agenda(meeting=meeting, by=zone.actor("zone"))
    count = AgendaCard.objects.on_agenda().count()
    assert first.added == count
    again = drafting.draft_agenda(meeting=meeting, by=zone.actor("zone"))
    assert (again.added, again.refreshed) == (0, 0)

    def card(key: str) -> AgendaCard:
        return AgendaCard.objects.select_related("meeting", "series").get(
            origin=f"auto:2026-07:{key}"
        )

    street, neighbour = f"limits:{zone.street.pk}", f"limits:{zone.neighbour_street.pk}"
    mine = card(street)
    cards.edit(
        card=mine,
        content=cards.Content(
            section=Section.EXCEPTIONS, topic=Topic.LIMITS, title="大黄山自己说原因", minutes=6
        ),
        revision=mine.revision,
        by=zone.actor("zone"),
    )
    cards.set_minutes(card=card(neighbour), minutes=3, by=zone.actor("zone"))
    cards.remove(card=card("plan"), by=zone.actor("zone"))
    cards.defer(card=card("missing"), by=zone.actor("zone"))
    rolled(plan, zone.neighbour_street, "2026-06", 10)
    rolled(plan, zone.street, "2026-06", 10)
    told = drafting.draft_agenda(meeting=meeting, by=zone.actor("zone"))
    assert (told.added, told.refreshed) == (0, 1)
    assert card(street).title == "大黄山自己说原因"
    assert card(street).figures[0]["value"] == "60", "written at by hand: left as it is"
    assert (card(neighbour).figures[0]["value"], card(neighbour).minutes) == ("50", 3)
    assert not AgendaCard.objects.on_agenda().filter(topic__in=[Topic.PLAN, Topic.MISSING]).exists()


def test_once_it_has_begun_nothing_changes(zone: Zone) -> None:
    meeting = drafted(zone)
    with pytest.raises(NotAllowed):
        drafting.draft_agenda(meeting=meeting, by=zone.actor("dahuangshan"))
    drafting.draft_agenda(meeting=meeting, by=zone.actor("zone"))
    meeting.refresh_from_db()
    meetings.call(meeting=meeting, revision=meeting.revision, by=zone.actor("zone"))
    meetings.open_meeting(meeting=meeting, by=zone.actor("zone"))
    with pytest.raises(MovedOn):
        drafting.draft_agenda(meeting=meeting, by=zone.actor("zone"))


def test_lighter_ones_wait_beside_it_and_come_with_one_press(zone: Zone) -> None:
    a_year(zone, [zone.street], last=17)
    meeting = drafted(zone)
    drafting.draft_agenda(meeting=meeting, by=zone.actor("zone"))
    meeting.refresh_from_db()
    [late] = [one for one in meeting.left_out if one["origin"].endswith(":late")]
    page = zone.client("zone").get(meeting.get_absolute_url()).content.decode()
    assert late["title"] in page
    url = f"{meeting.get_absolute_url()}place/"
    answer = zone.client("zone").post(url, {"key": late["origin"]}, follow=True)
    assert f"“{late['title']}”已列入议程" in answer.content.decode()
    meeting.refresh_from_db()
    assert late not in meeting.left_out
    same = drafting.add_found(meeting=meeting, origin=late["origin"], by=zone.actor("zone"))
    assert AgendaCard.objects.filter(origin=late["origin"]).get() == same
    with pytest.raises(DomainError, match="已经不是异常"):
        drafting.add_found(meeting=meeting, origin="auto:2026-07:low:99", by=zone.actor("zone"))


def test_queries_do_not_grow_with_committees(zone: Zone) -> None:
    meeting = drafted(zone)

    def cost() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as found:
            drafting.draft_agenda(meeting=meeting, by=zone.actor("zone"))
        AgendaCard.objects.all().delete()
        with CaptureQueriesContext(connection) as read:
            exceptions_of(DispatchMeeting.objects.select_related("organization").get(pk=meeting.pk))
        return len(found), len(read)

    def full(places: list[Organization]) -> None:
        a_year(zone, places, last=4)
        for place in places:
            child = make_organization(f"{place}第九支部", parent=place)
            OfficeHolding.objects.create(
                organization=child,
                post=Post.SECRETARY,
                person_name="某人",
                ended_on=dt.date(2026, 1, 1),
            )
            Organization.objects.filter(pk=child.pk).update(term_ends_on=dt.date(2026, 6, 1))

    full([zone.street])
    one = cost()
    more = [
        make_organization(f"中共第{at}街道工作委员会", OrganizationKind.DIRECT_COMMITTEE, zone.root)
        for at in range(2)
    ]
    full([zone.street, *more])
    assert cost() == one
    assert one == (29, 16)

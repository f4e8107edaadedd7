"""统一观摩: a route of three stops, and what participants note there by phone."""

import datetime as dt
import uuid
from typing import Any

import pytest

from core import clock
from core.documents import Paragraph
from core.errors import Conflict, DomainError, NotAllowed
from orgs.enums import Post
from orgs.models import OfficeHolding
from schedules.action_items.actions import issuing
from schedules.action_items.models import ActionItem
from schedules.dispatch.actions import cards, meetings, tours
from schedules.dispatch.actions.cards import Content
from schedules.dispatch.enums import MeetingForm, Section, Topic
from schedules.dispatch.exports.minutes import minutes_document
from schedules.dispatch.models import DispatchMeeting, TourNote, TourStop
from schedules.dispatch.queries.minutes import Minutes, minutes_of

from .parallel import run_together
from .world import Zone, build_zone

NOW = dt.datetime(2026, 7, 6, 1, tzinfo=dt.UTC)
QUERIES = 9  # of the route
START = dt.datetime(2026, 7, 20, 1, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def drafted(zone: Zone) -> DispatchMeeting:
    by = zone.actor("zone")
    series = meetings.create_series(
        organization=zone.root, name="统一观摩", by=by, form=MeetingForm.OBSERVATION_TOUR
    )
    return meetings.draft(series=series, period="2026-07", starts_at=START, by=by)


def called(zone: Zone) -> DispatchMeeting:
    """Participants are the deputy secretaries of both streets."""
    meeting, by = drafted(zone), zone.actor("zone")
    for place, name in ((zone.street, "dahuangshan"), (zone.neighbour_street, "jinshanqiao")):
        OfficeHolding.objects.create(
            organization=place,
            post=Post.DEPUTY_SECRETARY,
            person_name=name,
            user=zone.users[name],
        )
    for hour, place in ((9, zone.branch2), (8, zone.branch), (10, zone.neighbour_branch)):
        tours.add_stop(
            meeting=meeting,
            organization=place,
            arrives_at=dt.time(hour),
            minutes=20,
            shows="党员活动室",
            by=by,
        )
    content = Content(section=Section.PLANS, topic=Topic.PLAN, title="统一观摩", minutes=30)
    cards.add(meeting=meeting, content=content, by=by)
    meeting.refresh_from_db()
    return meetings.call(meeting=meeting, revision=meeting.revision, by=by)


def test_tour_of_three_stops(zone: Zone) -> None:
    meeting = called(zone)
    url = f"/dispatch/tours/{meeting.pk}/"
    page = zone.client("dahuangshan").get(url).content.decode()
    places = ["1. 08:00 湖庄村第一支部", "2. 09:00 湖庄村第二支部", "3. 10:00 桃园社区第一支部"]
    at = [page.index(words) for words in places]
    assert at == sorted(at), "in the order of arrival"
    first = TourStop.objects.get(organization=zone.branch)
    typed = {"uid": str(uuid.uuid4()), "text": "积分上墙，值得学"}
    for _ in range(2):  # the line broke, and it was sent again
        answer = zone.client("dahuangshan").post(f"/dispatch/tours/stops/{first.pk}/note/", typed)
        assert answer.status_code == 302
    assert TourNote.objects.count() == 1
    # One's own notes, and for the holder all.
    assert "积分上墙" in zone.client("dahuangshan").get(url).content.decode()
    assert "积分上墙" in zone.client("zone").get(url).content.decode()
    assert "积分上墙" not in zone.client("jinshanqiao").get(url).content.decode()
    assert "积分上墙" not in zone.client("committee").get(url).content.decode()
    for name in ("huzhuang1", "taoyuan1"):
        assert zone.client(name).get(url).status_code == 404
        answer = zone.client(name).post(f"/dispatch/tours/stops/{first.pk}/note/", typed)
        assert answer.status_code == 404
    # A uid of somebody else's is not his.
    answer = zone.client("jinshanqiao").post(f"/dispatch/tours/stops/{first.pk}/note/", typed)
    assert answer.status_code == 422


def test_route_is_the_holders_until_it_begins(zone: Zone) -> None:
    meeting = called(zone)
    stop = TourStop.objects.select_related("meeting__organization").first()
    assert stop is not None
    with pytest.raises(NotAllowed):
        tours.remove_stop(stop=stop, by=zone.actor("dahuangshan"))
    meeting.refresh_from_db()
    meetings.open_meeting(meeting=meeting, by=zone.actor("zone"))
    with pytest.raises(Conflict):
        tours.remove_stop(stop=stop, by=zone.actor("zone"))
    stop.meeting.refresh_from_db()
    by = zone.actor("jinshanqiao")
    tours.note(stop=stop, uid=uuid.uuid4(), text="台账清楚", by=by)
    meetings.close(meeting=meeting, by=zone.actor("zone"))
    stop.meeting.refresh_from_db()
    with pytest.raises(Conflict, match="不能写随记"):
        tours.note(stop=stop, uid=uuid.uuid4(), text="晚了一步", by=by)


def test_wrong_stops_are_refused(zone: Zone) -> None:
    meeting, by = drafted(zone), zone.actor("zone")
    right = {"organization": zone.branch, "arrives_at": dt.time(9), "minutes": 20, "shows": "阵地"}
    tours.add_stop(meeting=meeting, by=by, **right)
    for wrong in (
        {},
        {"organization": zone.branch2},
        {"organization": zone.branch2, "arrives_at": dt.time(10), "minutes": 0},
        {"organization": zone.branch2, "arrives_at": dt.time(10), "shows": " "},
    ):
        with pytest.raises(DomainError):
            tours.add_stop(meeting=meeting, by=by, **right | wrong)
    meeting.form = MeetingForm.GROUP_REPORT
    with pytest.raises(DomainError, match="不是统一观摩"):
        tours.add_stop(meeting=meeting, by=by, **right)


@pytest.mark.parametrize("count", [1, 3])
def test_route_costs_the_same(zone: Zone, count: int, django_assert_num_queries: Any) -> None:
    meeting = called(zone)
    kept = [one.pk for one in TourStop.objects.filter(meeting=meeting)[:count]]
    TourStop.objects.exclude(pk__in=kept).delete()
    for stop in TourStop.objects.select_related("meeting__organization", "organization"):
        by = zone.actor("zone")
        note = tours.note(stop=stop, uid=uuid.uuid4(), text="台账清楚", by=by)
        given = issuing.Given(title="台账照这样记")
        tours.hand(note=note, owner=stop.organization, given=given, is_issued=True, by=by)
    client, url = zone.client("zone"), f"/dispatch/tours/{meeting.pk}/"
    client.get(url)
    with django_assert_num_queries(QUERIES):
        client.get(url)


def noted(zone: Zone) -> TourNote:
    stop = TourStop.objects.select_related("meeting__organization", "organization").get(
        meeting=called(zone), organization=zone.branch
    )
    by = zone.actor("jinshanqiao")
    return tours.note(stop=stop, uid=uuid.uuid4(), text="活动室常锁着，党员进不去", by=by)


def test_note_becomes_one_item_that_leads_back_to_its_stop(zone: Zone) -> None:
    note = noted(zone)
    tour = f"/dispatch/tours/{note.stop.meeting_id}/"
    url = f"/dispatch/tours/notes/{note.pk}/hand/"
    for name in ("dahuangshan", "jinshanqiao", "committee", "huzhuang1"):
        assert zone.client(name).get(url).status_code in (403, 404), f"{name} does not hold it"
    form = zone.client("zone").get(url).content.decode()
    assert "活动室常锁着" in form
    assert note.written_by_name not in form
    typed = {
        "owner": zone.branch.pk,
        "title": "活动室每天开放",
        "priority": "normal",
        "category": "other",
        "cause": "unknown",
        "is_issued": "on",
    }
    answer = zone.client("zone").post(url, typed)
    assert (answer.status_code, answer["Location"]) == (302, f"{tour}#stop{note.stop_id}")
    assert zone.client("zone").post(url, typed).status_code == 409
    item = ActionItem.objects.get()
    assert (item.issuer, item.owner, item.source_kind) == (zone.root, zone.branch, "tour")
    assert (item.state, item.source_id) == ("issued", note.pk)
    # From the note to the item, for the holder; whoever wrote it sees that it was taken up.
    assert item.get_absolute_url() in zone.client("zone").get(tour).content.decode()
    page = zone.client("jinshanqiao").get(tour).content.decode()
    assert "已转督办" in page
    assert item.number not in page, "an item of a neighbour's branch"
    page = zone.client("dahuangshan").get(tour).content.decode()
    assert note.text not in page
    assert "转督办" not in page
    # From the item to the stop, for whoever may open the tour; the words of the note for nobody.
    page = zone.client("zone").get(item.get_absolute_url()).content.decode()
    assert f"{tour}#stop{note.stop_id}" in page
    page = zone.client("huzhuang1").get(item.get_absolute_url()).content.decode()
    assert "统一观摩" in page
    for hidden in (tour, note.text, note.written_by_name):
        assert hidden not in page


def test_minutes_of_a_tour_tell_the_route_and_what_the_reader_may_open(zone: Zone) -> None:
    note, by = noted(zone), zone.actor("zone")
    given = issuing.Given(title="活动室每天开放")
    item = tours.hand(note=note, owner=zone.branch, given=given, is_issued=True, by=by)
    meeting = DispatchMeeting.objects.get()
    meetings.open_meeting(meeting=meeting, by=by)
    url = f"/dispatch/meetings/{meeting.pk}/minutes/"
    page = zone.client("zone").get(url).content.decode()
    assert "08:00 湖庄村第一支部" in page
    assert f"{item.number}</a> 活动室每天开放" in page
    assert note.text not in page
    page = zone.client("jinshanqiao").get(url).content.decode()
    assert "08:00 湖庄村第一支部" in page
    assert item.title not in page, "an item of a neighbour's"
    words = document_text(minutes_of(meeting, by))
    assert "1.08:00，湖庄村第一支部：党员活动室。" in words
    assert f"观摩中交办：活动室每天开放。由湖庄村第一支部办理。（督办{item.number}）" in words


def document_text(minutes: Minutes) -> str:
    blocks = minutes_document(minutes).blocks
    return "\n".join(block.text for block in blocks if isinstance(block, Paragraph))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_hand_one_note_at_once_give_one_item() -> None:
    zone = build_zone()
    with clock.at(NOW):
        note = noted(zone)

    def attempt() -> Any:
        with clock.at(NOW):
            row = TourNote.objects.select_related("stop__meeting__organization").get(pk=note.pk)
            given = issuing.Given(title="活动室每天开放")
            by = zone.actor("zone")
            return tours.hand(note=row, owner=zone.branch, given=given, is_issued=True, by=by)

    results = run_together([attempt, attempt])
    assert sorted(type(one.error).__name__ for one in results) == ["Conflict", "NoneType"], results
    assert ActionItem.objects.count() == 1

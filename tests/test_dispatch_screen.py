"""The screen on the wall: it follows who keeps the minutes, writes nothing, and shows the end."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from schedules.dispatch.actions import cards, meetings
from schedules.dispatch.models import AgendaCard, DispatchMeeting

from .test_dispatch import NOW, START, content, deputy_secretary, drafted
from .test_dispatch_room import at, typed
from .world import Zone


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def in_order(zone: Zone, *titles: str) -> tuple[DispatchMeeting, list[AgendaCard]]:
    """A meeting in progress with these cards, none of them begun."""
    deputy_secretary(zone)
    meeting = drafted(zone)
    made = [
        cards.add(meeting=meeting, content=content(title), by=zone.actor("zone"))
        for title in titles
    ]
    meeting.refresh_from_db()
    meetings.call(meeting=meeting, revision=meeting.revision, by=zone.actor("zone"))
    return meetings.open_meeting(meeting=meeting, by=zone.actor("zone")), made


def test_screen_goes_on_with_the_meeting_and_writes_nothing(zone: Zone) -> None:
    meeting, (first, second) = in_order(zone, "第一题", "第二题")
    recorder, viewer = zone.client("zone"), zone.client("dahuangshan")
    assert viewer.get(at("room", meeting))["Location"] == at("screen", meeting)
    assert recorder.get(at("room", meeting))["Location"] == at("room-card", first)
    page = viewer.get(at("screen", meeting))
    assert page.context["card"] == first
    with CaptureQueriesContext(connection) as queries:
        unchanged = viewer.get(at("screen-live", meeting), {"seen": page.context["stamp"]})
    assert unchanged.status_code == 204
    assert len([one for one in queries if "dispatch_" in one["sql"]]) == 1
    # From the card that the meeting is at, going on begins the next; elsewhere it only looks on.
    going_on = f'action="{at("card-begin", second)}"'
    assert going_on in recorder.get(at("room-card", first)).content.decode()
    recorder.post(at("card-begin", second))
    assert going_on not in recorder.get(at("room-card", first)).content.decode()
    live = viewer.get(at("screen-live", meeting), {"seen": page.context["stamp"]})
    assert live.context["card"] == second
    recorder.post(at("outcome-write", second), typed("写在第二题上的结论"))
    for client in (viewer, recorder):
        text = client.get(at("screen", meeting)).content.decode()
        assert "写在第二题上的结论" in text
        for words in ("新结论", 'id="outcome"', at("outcome-remove", second, 1)[:-9]):
            assert words not in text, (words, "a screen only shows, whoever opened it")
    aside = recorder.get(at("room-card", first) + "?screen=1&new=text").content.decode()
    assert f'href="{at("screen", meeting)}"' in aside, "the way back"
    assert 'id="outcome"' not in aside
    # Nothing runs and all were begun: the one that was begun last, not the first of all.
    cards.defer(card=first, by=zone.actor("zone"))
    assert viewer.get(at("screen-live", meeting)).context["card"] == second
    meetings.close(meeting=meeting, by=zone.actor("zone"))
    end = viewer.get(at("screen-live", meeting)).content.decode()
    assert "已闭会" in end
    assert "决定 <b>1</b> 条" in end
    assert viewer.get(at("room", meeting))["Location"] == at("room-card", first)
    assert zone.client("huzhuang1").get(at("screen", meeting)).status_code == 404
    assert zone.client("huzhuang1").get(at("screen-live", meeting)).status_code == 404


def test_only_the_screen_of_a_meeting_in_progress_stays_signed_in(zone: Zone) -> None:
    meeting, (card,) = in_order(zone, "第一题")
    client = zone.client("zone")
    until = int(NOW.timestamp()) + (meeting.cap_minutes + 60) * 60
    assert f'data-awake="{until}"' in client.get(at("screen-live", meeting)).content.decode()
    for address in (at("room-card", card), at("room-card", card) + "?screen=1"):
        assert "data-awake" not in client.get(address).content.decode(), address
    meetings.close(meeting=meeting, by=zone.actor("zone"))
    assert "data-awake" not in client.get(at("screen-live", meeting)).content.decode()
    assert "data-awake" not in client.get(at("screen", drafted_anew(zone))).content.decode()


def drafted_anew(zone: Zone) -> DispatchMeeting:
    """A draft of another series, with a card."""
    series = meetings.create_series(
        organization=zone.root, name="另一个会", by=zone.actor("zone"), cap_minutes=20
    )
    meeting = meetings.draft(
        series=series, period="2026-08", starts_at=START, by=zone.actor("zone")
    )
    cards.add(meeting=meeting, content=content("第一题"), by=zone.actor("zone"))
    return meeting


def test_screen_of_a_draft_is_shown_to_nobody_and_its_queries_do_not_grow(zone: Zone) -> None:
    meeting = drafted(zone)
    client = zone.client("zone")
    assert "议程还是空的" in client.get(at("screen", meeting)).content.decode()

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(at("screen", meeting)).status_code == 200
        return len(queries)

    cards.add(meeting=meeting, content=content("第一题"), by=zone.actor("zone"))
    one = count()
    for title in ("第二题", "第三题"):
        cards.add(meeting=meeting, content=content(title), by=zone.actor("zone"))
    assert count() == one
    assert zone.client("dahuangshan").get(at("screen", meeting)).status_code == 404

"""A card that goes straight onto the agenda of a chosen later meeting: before its meeting itself, during
it as a copy; both meetings say so, and nobody hears of a draft that is not his."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.errors import Conflict, DomainError, NotAllowed
from core.states import MovedOn
from schedules.dispatch.actions import cards, drafting, meetings
from schedules.dispatch.enums import CardState, MeetingState
from schedules.dispatch.exports.minutes import minutes_document
from schedules.dispatch.models import AgendaCard, CardMove, DispatchMeeting
from schedules.dispatch.queries.minutes import minutes_of
from schedules.dispatch.queries.moves import later_meetings

from .parallel import run_together
from .test_dispatch import NOW, START, content, deputy_secretary, drafted, opened
from .test_dispatch_room import at, typed
from .world import Zone, build_zone


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def planned(zone: Zone, after: DispatchMeeting, months: int = 1) -> DispatchMeeting:
    """A later meeting of the same series, as a draft."""
    return meetings.draft(
        series=after.series,
        period=f"2026-{7 + months:02}",
        starts_at=START + dt.timedelta(days=30 * months),
        by=zone.actor("zone"),
    )


def call(zone: Zone, meeting: DispatchMeeting) -> DispatchMeeting:
    meeting.refresh_from_db()
    return meetings.call(meeting=meeting, revision=meeting.revision, by=zone.actor("zone"))


def test_put_off_during_the_meeting_a_copy_stands_on_the_chosen_agenda(zone: Zone) -> None:
    deputy_secretary(zone)
    meeting, card = opened(zone)
    august, september = planned(zone, meeting), planned(zone, meeting, 2)
    client = zone.client("zone")
    page = client.get(at("room-defer", card)).content.decode()
    for words in ("备选议题", str(august), str(september), "拟稿，已排 0 / 20 分钟"):
        assert words in page, words
    revision = card.revision
    sent = {"how": "defer", "revision": revision, "to": september.pk}
    said = client.post(at("room-defer", card), sent, follow=True).content.decode()
    assert f"已列入“{september}”的议程" in said
    copy = AgendaCard.objects.get(meeting=september)
    assert (copy.copied_from, copy.deferred_count) == (card, 1)
    assert not AgendaCard.objects.backlog().exists()
    assert client.post(at("room-defer", card), sent).status_code == 409, "a second click"
    sent["to"] = august.pk
    assert client.post(at("room-defer", card), sent).status_code == 409, "an older page"
    assert AgendaCard.objects.filter(copied_from=card).count() == 1
    # Its room and its minutes say where it went, the next agenda where it comes from.
    assert f"本题已改到“{september}”" in client.get(at("room-card", card)).content.decode()
    minutes = client.get(at("meeting-minutes", meeting)).content.decode()
    assert f'改到<a href="{september.get_absolute_url()}">' in minutes
    agenda = client.get(september.get_absolute_url()).content.decode()
    assert f'来自<a class="link" href="{meeting.get_absolute_url()}">{meeting}' in agenda


def test_nobody_hears_of_a_draft_from_where_a_card_went(zone: Zone) -> None:
    deputy_secretary(zone)
    meeting, card = opened(zone)
    august = planned(zone, meeting)
    meetings.edit(
        meeting=august,
        revision=august.revision,
        by=zone.actor("zone"),
        title="还没有定的会",
        form=august.form,
        starts_at=august.starts_at,
        place="",
        chair_name="",
        recorder_name="",
        cap_minutes=90,
        speech_minutes=8,
    )
    cards.defer(card=card, to=august, by=zone.actor("zone"))
    street = zone.client("dahuangshan")

    def told(client: Any) -> str:
        return "".join(
            client.get(address).content.decode()
            for address in (
                at("meeting-minutes", meeting),
                at("room-card", card),
                at("screen", meeting),
                f"/api/v1/dispatch-meetings/{meeting.pk}/",
            )
        )

    assert "还没有定的会" in told(zone.client("zone"))
    assert "还没有定的会" not in told(street)
    assert "本题已改到下次会" in told(street)
    wall = zone.client("zone").get(at("room-card", card) + "?screen=1").content.decode()
    assert "还没有定的会" not in wall, "everybody in the room reads the wall"
    meeting = meetings.close(meeting=meeting, by=zone.actor("zone"))
    paper = repr(minutes_document(minutes_of(meeting, zone.actor("zone"))))
    assert "改到下次会议的议题" in paper
    assert "还没有定的会" not in paper, "the paper goes to everybody"
    call(zone, august)
    assert "还没有定的会" in told(street), "called to it as well"
    assert "列入还没有定的会" in repr(minutes_document(minutes_of(meeting, zone.actor("zone"))))


def test_moved_before_the_meeting_it_goes_itself_and_the_minutes_tell(zone: Zone) -> None:
    deputy_secretary(zone)
    meeting = drafted(zone)
    first, second, third = (
        cards.add(meeting=meeting, content=content(title), by=zone.actor("zone"))
        for title in ("没有人听说过的议题", "通知以后才移的议题", "照议的议题")
    )
    august = planned(zone, meeting)
    client = zone.client("zone")
    form = client.get(at("card-defer", meeting, first.pk)).content.decode()
    assert str(august) in form
    assert at("card-defer", meeting, first.pk) in (
        client.get(at("card-edit", meeting, first.pk)).content.decode()
    )
    sent = {"to": august.pk, "reason": ""}
    client.post(at("card-defer", meeting, first.pk), sent)
    again = client.post(at("card-defer", meeting, first.pk), sent)
    assert again.status_code == 404, "it stands on the other agenda now"
    with clock.at(NOW + dt.timedelta(minutes=1)):
        call(zone, meeting)
    with clock.at(NOW + dt.timedelta(minutes=2)):
        client.post(at("card-defer", meeting, second.pk), sent)
    assert [one.title for one in august.cards.on_agenda()] == [first.title, second.title]
    assert set(august.cards.values_list("deferred_count", flat=True)) == {1}
    agenda = client.get(august.get_absolute_url()).content.decode()
    assert agenda.count(f'来自<a class="link" href="{meeting.get_absolute_url()}">') == 2
    meetings.open_meeting(meeting=meeting, by=zone.actor("zone"))
    minutes = client.get(at("meeting-minutes", meeting)).content.decode()
    for words in ("会前改期的议题", first.title, second.title, august.get_absolute_url()):
        assert words in minutes, words
    theirs = zone.client("dahuangshan").get(at("meeting-minutes", meeting)).content.decode()
    assert second.title in theirs
    assert first.title not in theirs, "it was taken off before anybody was told"
    assert str(august) not in theirs
    # Brought back in the end it is no move any more.
    cards.defer(card=AgendaCard.objects.get(pk=first.pk), by=zone.actor("zone"))
    cards.remove(card=AgendaCard.objects.get(pk=first.pk), by=zone.actor("zone"))
    assert "后来不再列入" in client.get(at("meeting-minutes", meeting)).content.decode()
    assert third.meeting_id == meeting.pk


def test_only_later_meetings_that_can_be_arranged_take_a_card(zone: Zone) -> None:
    meeting, card = opened(zone)
    by = zone.actor("zone")
    august, september = planned(zone, meeting), planned(zone, meeting, 2)
    assert later_meetings(by, meeting) == [august, september]
    assert later_meetings(zone.actor("dahuangshan"), meeting) == []
    other = meetings.create_series(organization=zone.root, name="另一个会", by=by)
    elsewhere = meetings.draft(
        series=other, period="2026-08", starts_at=START + dt.timedelta(days=31), by=by
    )
    earlier = cards.add(meeting=september, content=content("以后的议题"), by=by)
    for wrong, moved in ((elsewhere, card), (meeting, card), (august, earlier)):
        with pytest.raises(DomainError, match="只能改到这个系列以后的会"):
            cards.defer(card=moved, to=wrong, by=by)
    with pytest.raises(NotAllowed):
        cards.defer(card=card, to=august, by=zone.actor("dahuangshan"))
    meetings.cancel(meeting=august, reason="合并召开", revision=1, by=by)
    assert later_meetings(by, meeting) == [september]
    with pytest.raises(MovedOn):
        cards.defer(card=card, to=august, by=by)
    card.refresh_from_db()
    assert not card.is_deferred, "nothing was written"
    client = zone.client("zone")
    for wrong_key in (august.pk, elsewhere.pk, "x", 10**30):
        sent = {"how": "defer", "revision": card.revision, "to": wrong_key}
        refused = client.post(at("room-defer", card), sent)
        assert refused.status_code == 422
        assert "已不能再排议程，请另选" in refused.content.decode()


def test_copy_in_the_backlog_comes_onto_the_agenda_that_is_chosen_later(zone: Zone) -> None:
    meeting, card = opened(zone)
    by = zone.actor("zone")
    august, september = planned(zone, meeting), planned(zone, meeting, 2)
    copy = cards.copy_on(card=card, meeting=None, by=by)
    assert cards.copy_on(card=card, meeting=august, by=by) == copy
    copy.refresh_from_db()
    assert copy.meeting == august
    assert cards.copy_on(card=card, meeting=august, by=by) == copy
    assert cards.copy_on(card=card, meeting=None, by=by) == copy
    with pytest.raises(Conflict, match="已有一份在"):
        cards.copy_on(card=card, meeting=september, by=by)
    cards.begin(card=card, by=by)
    with pytest.raises(Conflict, match="已有一份在"):
        cards.defer(card=card, to=september, by=by)
    card.refresh_from_db()
    assert card.running_since, "refused as a whole"


def test_what_came_from_before_outlives_the_agenda_that_drafts_itself(zone: Zone) -> None:
    """Moved away it is not found again for its old agenda; a cancelled meeting gives it back."""
    by = zone.actor("zone")
    meeting = drafted(zone)
    own = content(origin="auto:2026-07:missing")
    card = cards.add(meeting=meeting, content=own, by=by)
    august = planned(zone, meeting)
    cards.defer(card=card, to=august, by=by)
    assert drafting._refused(meeting) == {"auto:2026-07:missing"}
    august.refresh_from_db()
    cards.add(meeting=august, content=content("八月自己的", origin="auto:2026-08:plan"), by=by)
    august.refresh_from_db()
    meetings.cancel(meeting=august, reason="合并召开", revision=august.revision, by=by)
    assert AgendaCard.objects.backlog().get() == card
    same = content("同一个标记", origin="mark:1")
    september = planned(zone, meeting, 2)
    cards.add(meeting=september, content=same, by=by)
    twin = cards.add(meeting=meeting, content=same, by=by)
    with pytest.raises(Conflict, match="已经在那次会的议程上"):
        cards.defer(card=twin, to=september, by=by)
    assert CardMove.objects.filter(card=twin).count() == 0


def test_program_reads_cards_with_their_course(zone: Zone) -> None:
    deputy_secretary(zone)
    meeting, card = opened(zone)
    august = planned(zone, meeting)
    client, street = zone.client("zone"), zone.client("jinshanqiao")
    url = f"/api/v1/dispatch-meetings/{meeting.pk}/"

    def read(reader: Any, address: str = url) -> Any:
        answer = reader.get(address)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()["cards"]

    assert read(client)[0]["state"] == CardState.WAITING
    item = {"kind": "new_item", "owners": "大黄山街道", "due_on": "2026-07-31"}
    client.post(at("outcome-write", card), typed("补齐七月组织生活", **item))
    (told,) = read(client)
    assert (told["state"], told["state_name"]) == ("running", "正在议")
    assert (told["number"], told["topic_name"], told["minutes"]) == (1, "出界", 5)
    outcome = told["outcomes"][0]
    assert outcome["item_number"] == "〔2026〕1号"
    assert outcome["item"]
    theirs = read(street)[0]["outcomes"][0]
    assert theirs["item_number"] == "〔2026〕1号", "the minutes say so to all who were called"
    assert theirs["item"] is None, "but the item is not his to open"
    cards.defer(card=AgendaCard.objects.get(pk=card.pk), to=august, by=zone.actor("zone"))
    (told,) = read(client)
    assert (told["state"], told["is_deferred"]) == ("deferred", True)
    assert told["went_to"] == {"meeting": august.pk, "title": str(august), "is_waiting": False}
    assert read(street)[0]["went_to"] == {"meeting": None, "title": "", "is_waiting": False}
    (next_one,) = read(client, f"/api/v1/dispatch-meetings/{august.pk}/")
    assert (next_one["came_from"], next_one["deferred_count"]) == (meeting.pk, 1)
    assert street.get(f"/api/v1/dispatch-meetings/{august.pk}/").status_code == 404


def test_queries_of_a_meetings_cards_do_not_grow(zone: Zone) -> None:
    by = zone.actor("zone")
    meeting, _ = opened(zone)
    august = planned(zone, meeting)
    addresses = (
        f"/api/v1/dispatch-meetings/{meeting.pk}/",
        at("meeting-minutes", meeting),
        august.get_absolute_url(),
    )
    client = zone.client("zone")

    def more(title: str) -> None:
        """A card with an item, and one that was put off to the next meeting."""
        AgendaCard.objects.create(
            series=meeting.series, meeting=meeting, position=9, **content(title).values()
        )
        card = AgendaCard.objects.get(title=title, meeting=meeting)
        item = {"kind": "new_item", "owners": "大黄山街道", "due_on": "2026-07-31"}
        client.post(at("outcome-write", card), typed("补齐七月组织生活", **item))
        cards.defer(card=AgendaCard.objects.get(pk=card.pk), to=august, by=by)
        moved = cards.add(meeting=august, content=content(f"{title}又移"), by=by)
        CardMove.objects.create(card=moved, meeting=meeting, title=title, at=NOW)

    def cost() -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    more("第一题")
    one = cost()
    more("第二题")
    more("第三题")
    assert cost() == one


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_race_of_two_who_move_one_card_and_of_a_meeting_that_begins() -> None:
    """One of two moves it, and it stands on one agenda; a meeting that begins takes no more."""
    zone = build_zone()
    with clock.at(NOW):
        meeting = drafted(zone)
        made = [
            cards.add(meeting=meeting, content=content(f"第{n}题"), by=zone.actor("zone"))
            for n in range(3)
        ]
        august, september = planned(zone, meeting), planned(zone, meeting, 2)
        kept = cards.add(meeting=august, content=content("八月的"), by=zone.actor("zone"))
        call(zone, august)

    def move(card: AgendaCard, to: DispatchMeeting) -> Any:
        def run() -> Any:
            with clock.at(NOW):
                return cards.defer(
                    card=AgendaCard.objects.get(pk=card.pk), to=to, by=zone.actor("zone")
                )

        return run

    stale = AgendaCard.objects.get(pk=made[0].pk)

    def move_as_read(to: DispatchMeeting) -> Any:
        def run() -> Any:
            with clock.at(NOW):
                return cards.defer(card=stale, to=to, by=zone.actor("zone"))

        return run

    results = run_together([move_as_read(august), move_as_read(september)])
    assert sorted(type(one.error).__name__ for one in results) == ["Conflict", "NoneType"], results
    assert CardMove.objects.filter(card=stale).count() == 1
    # Two pairs of meetings locked from both ends: nobody waits for ever.
    results = run_together([move(made[1], august), move(kept, september), move(made[2], august)])
    assert all(one.error is None for one in results), results

    def begin() -> Any:
        with clock.at(NOW):
            return meetings.open_meeting(meeting=august, by=zone.actor("zone"))

    with clock.at(NOW):
        late = cards.add(meeting=meeting, content=content("来晚的"), by=zone.actor("zone"))
    began, moved = run_together([begin, move(late, august)])
    assert began.error is None
    assert moved.error is None or isinstance(moved.error, MovedOn), moved
    late.refresh_from_db()
    august.refresh_from_db()
    assert august.state == MeetingState.OPEN
    assert late.meeting_id == (meeting.pk if moved.error else august.pk)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_race_of_closing_while_a_card_is_put_off() -> None:
    """The card has one copy: on the chosen agenda, or in the backlog as what nobody came to."""
    zone = build_zone()
    with clock.at(NOW):
        meeting, card = opened(zone)
        august = planned(zone, meeting)

    def close() -> Any:
        with clock.at(NOW):
            return meetings.close(meeting=meeting, by=zone.actor("zone"))

    def put_off() -> Any:
        with clock.at(NOW):
            return cards.defer(card=card, to=august, by=zone.actor("zone"))

    closed, moved = run_together([close, put_off])
    assert closed.error is None
    assert moved.error is None or isinstance(moved.error, MovedOn), moved
    copy = AgendaCard.objects.get(copied_from=card)
    assert copy.meeting_id == (None if moved.error else august.pk)
    assert copy.deferred_count == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_race_of_two_agendas_for_one_copy() -> None:
    """The copy that waits is taken onto one agenda from the backlog and onto another from the room:
    one of the two has it, the other is told."""
    zone = build_zone()
    with clock.at(NOW):
        meeting, card = opened(zone)
        august, september = planned(zone, meeting), planned(zone, meeting, 2)
        copy = cards.copy_on(card=card, meeting=None, by=zone.actor("zone"))

    def from_backlog() -> Any:
        with clock.at(NOW):
            return cards.place(card=copy, meeting=september, by=zone.actor("zone"))

    def from_room() -> Any:
        with clock.at(NOW):
            return cards.defer(card=card, to=august, by=zone.actor("zone"))

    results = run_together([from_backlog, from_room])
    assert sorted(type(one.error).__name__ for one in results) == ["Conflict", "NoneType"], results
    taken, put_off = results
    copy.refresh_from_db()
    card.refresh_from_db()
    assert copy.meeting_id == (september.pk if taken.error is None else august.pk)
    assert card.is_deferred == (put_off.error is None)

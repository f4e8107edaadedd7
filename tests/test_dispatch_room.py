"""The room: one card a page, outcomes typed live, nothing lost, minutes that are locked."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.errors import DomainError
from core.states import MovedOn
from orgs.actions import tokens
from schedules.action_items.actions import issuing
from schedules.action_items.enums import ActionState
from schedules.action_items.models import ActionItem
from schedules.action_items.words import weighed_of_many
from schedules.dispatch.actions import cards, meetings, outcomes
from schedules.dispatch.actions.outcomes import Typed
from schedules.dispatch.enums import MeetingState, OutcomeKind, Presence, Section
from schedules.dispatch.exports.minutes import minutes_document
from schedules.dispatch.models import AgendaCard, DispatchMeeting, Outcome
from schedules.dispatch.queries.agenda import agenda_of
from schedules.dispatch.queries.minutes import minutes_of

from .parallel import run_together
from .test_dispatch import NOW, START, content, deputy_secretary, drafted, opened
from .world import Zone, build_zone, make_organization

FETCH = {"X-Requested-With": "fetch"}
CHART = {
    "title": "按期率 %，近 4 个月",
    "unit": "%",
    "points": [["7月", 86], ["8月", 82], ["9月", 74], ["10月", 72]],
    "mean": 87,
    "lower": 74.9,
    "upper": 99.1,
}


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def at(name: str, card: AgendaCard | DispatchMeeting, *more: Any) -> str:
    return reverse(f"dispatch:{name}", args=[card.pk, *more])


def typed(text: str = "组织生活可按班次分两场开", **more: Any) -> dict[str, str]:
    return {"uid": str(uuid.uuid4()), "kind": "text", "text": text} | more


def test_room_shows_a_card_with_figures_chart_and_its_neighbours(zone: Zone) -> None:
    meeting = drafted(zone)
    figures = [{"value": "72", "unit": "%", "label": "10月按期，出界", "tone": "bad"}]
    facts = [{"text": "9 个里 6 个在标准厂房", "url": ""}]
    more: dict[str, Any] = {"figures": figures, "facts": facts, "chart": CHART}
    first = cards.add(meeting=meeting, content=content(**more), by=zone.actor("zone"))
    second = cards.add(meeting=meeting, content=content("前姚社区"), by=zone.actor("zone"))
    client = zone.client("zone")
    answer = client.get(at("room", meeting), follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain[0][0] == at("room-card", first)
    for words in (
        "投屏预演",
        "72<small>%",
        "9 个里 6 个在标准厂房",
        "后面：前姚社区",
        "chart-line",
    ):
        assert words in text, words
    assert "新结论" not in text, "nothing is written before the meeting"
    assert "前面：" in client.get(at("room-card", second)).content.decode()
    assert zone.client("dahuangshan").get(at("room", meeting)).status_code == 404, "a draft"
    assert client.post(at("outcome-write", first), typed()).status_code == 409


def test_room_and_minutes_go_by_the_sections_as_the_agenda_does(zone: Zone) -> None:
    meeting, by = drafted(zone), zone.actor("zone")
    plan = cards.add(meeting=meeting, content=content("8月安排", section=Section.PLANS), by=by)
    problem = cards.add(meeting=meeting, content=content("活动室漏风"), by=by)
    last = cards.add(meeting=meeting, content=content("上次的", section=Section.LAST), by=by)
    wanted = [last, problem, plan]
    assert [slot.card for slot in agenda_of(meeting).slots] == wanted
    assert list(AgendaCard.objects.on_agenda()) == wanted
    assert [entry.card for entry in minutes_of(meeting, by).entries] == wanted
    page = zone.client("zone").get(at("room-card", problem)).content.decode()
    assert "前面：上次的" in page
    assert "后面：8月安排" in page


def test_room_is_asked_with_one_query_while_nothing_has_changed(zone: Zone) -> None:
    meeting, card = opened(zone)
    client = zone.client("zone")
    page = client.get(at("room-card", card))
    seen = page.context["stamp"]
    client.get(at("room-live", card), {"seen": seen})
    with CaptureQueriesContext(connection) as queries:
        assert client.get(at("room-live", card), {"seen": seen}).status_code == 204
    asked = [one["sql"] for one in queries if "dispatch_" in one["sql"]]
    assert len(asked) == 1, asked
    client.post(at("outcome-write", card), typed())
    fresh = client.get(at("room-live", card), {"seen": seen})
    assert fresh.status_code == 200
    assert "组织生活可按班次分两场开" in fresh.content.decode()
    for seen in ("", "x" * 5000, "2026-07-06", "٣"):
        assert client.get(at("room-live", card), {"seen": seen}).status_code == 200
    assert meeting.state == MeetingState.OPEN


def test_queries_of_the_room_do_not_grow_with_outcomes(zone: Zone) -> None:
    _, card = opened(zone)
    client = zone.client("zone")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(at("room-card", card))
        return len(queries)

    item = {"kind": "new_item", "owners": "大黄山街道", "due_on": "2026-07-31"}
    client.post(at("outcome-write", card), typed(**item))
    one = count()
    for _ in range(2):
        client.post(at("outcome-write", card), typed(**item))
    assert Outcome.objects.count() == 3
    assert count() == one


def test_saved_as_typed_with_its_number_and_what_the_date_means(zone: Zone) -> None:
    _, card = opened(zone)
    client = zone.client("zone")
    one = typed("补齐十月组织生活", kind="new_item")
    refused = client.post(at("outcome-write", card), one, headers=FETCH)
    assert (refused.status_code, refused.json()["message"]) == (422, "写上责任单位，就给编号。")
    one |= {"owners": str(zone.street), "due_on": "2026-07-20"}
    saved = client.post(at("outcome-write", card), one, headers=FETCH).json()
    assert saved["number"] == "〔2026〕1号"
    assert "10 个工作日办结" in saved["hint"]
    # The answer was lost on the way: sent again, it is the same.
    client.post(at("outcome-write", card), one, headers=FETCH)
    assert Outcome.objects.count() == ActionItem.objects.count() == 1
    version = Outcome.objects.get().revision
    # Another owner while it is typed: the number stays.
    one |= {"owners": f"{zone.street}、{zone.neighbour_street}", "version": str(version)}
    saved = client.post(at("outcome-write", card), one, headers=FETCH).json()
    item = ActionItem.objects.get(parent=None)
    assert (saved["number"], item.children.count()) == ("〔2026〕1号", 2)
    # It becomes a decision: the number stays its own.
    one |= {"kind": "text", "version": str(saved["version"])}
    client.post(at("outcome-write", card), one, headers=FETCH)
    item.refresh_from_db()
    assert item.state == ActionState.CANCELLED
    assert Outcome.objects.get().kind == OutcomeKind.TEXT


def test_existing_item_is_found_by_number_or_words(zone: Zone) -> None:
    _, card = opened(zone)
    for title in ("标准厂房联合支部活动场地", "联合支部换届材料"):
        item = issuing.draft(
            issuer=zone.root,
            owners=[zone.street],
            given=issuing.Given(title),
            by=zone.actor("zone"),
        )
        issuing.issue(item=item, by=zone.actor("zone"))
    client = zone.client("zone")
    for words in ("1", "〔2026〕1号", "1号", "标准厂房", "〔2026〕1号 标准厂房联合支部活动场地"):
        one = typed("", kind="item", item=words)
        answer = client.post(at("outcome-write", card), one, headers=FETCH)
        assert answer.status_code == 200, (words, answer.content.decode())
        assert Outcome.objects.get(uid=one["uid"]).item.serial == 1
    two = client.post(
        at("outcome-write", card), typed("", kind="item", item="联合支部"), headers=FETCH
    )
    assert "有几件" in two.json()["message"]
    none = client.post(
        at("outcome-write", card), typed("", kind="item", item="9999"), headers=FETCH
    )
    assert "没有找到" in none.json()["message"]
    names = client.get(at("outcome-find", card), {"item": "联合"}).content.decode()
    assert "〔2026〕2号 联合支部换届材料" in names
    assert (
        str(zone.street)
        in client.get(at("outcome-find", card), {"owners": "大黄山"}).content.decode()
    )
    assert ActionItem.objects.get(serial=1).links.count() == 1, "noted once"


def test_somebody_else_changed_this_shows_both_texts(zone: Zone) -> None:
    _, card = opened(zone)
    client = zone.client("zone")
    one = typed("起初的结论")
    client.post(at("outcome-write", card), one)
    theirs = one | {"text": "乙改过的结论", "version": "1"}
    assert client.post(at("outcome-write", card), theirs).status_code == 302
    mine = one | {"text": "甲改过的结论", "version": "1"}
    quiet = client.post(at("outcome-write", card), mine, headers=FETCH)
    assert quiet.status_code == 409
    loud = client.post(at("outcome-write", card), mine)
    assert loud.status_code == 409
    for answer in (quiet, loud):
        text = answer.content.decode()
        for words in ("另一人刚刚改过这条结论", "<del>乙", "<ins>甲"):
            assert words in text, words
    assert 'name="version" value="2"' in loud.content.decode(), "sent again, it is meant"
    again = client.post(at("outcome-write", card), mine | {"version": "2"})
    assert again.status_code == 302
    assert Outcome.objects.get().text == "甲改过的结论"


def test_time_runs_for_the_card_that_the_meeting_is_at(zone: Zone) -> None:
    meeting = drafted(zone)
    first, second = (
        cards.add(meeting=meeting, content=content(title), by=zone.actor("zone"))
        for title in ("第一题", "第二题")
    )
    meeting.refresh_from_db()
    meetings.call(meeting=meeting, revision=meeting.revision, by=zone.actor("zone"))
    client = zone.client("zone")
    assert client.post(at("meeting-open", meeting)).status_code == 302
    client.post(at("card-begin", first))
    with clock.at(NOW + dt.timedelta(seconds=312)):
        assert ">5:12<" in client.get(at("room-card", first)).content.decode()
        client.post(at("card-begin", second))
        client.post(at("card-begin", second))
    with clock.at(NOW + dt.timedelta(seconds=600)):
        first.refresh_from_db()
        assert (first.spent_seconds, first.running_since) == (312, None)
        assert client.get(at("room", meeting))["Location"] == at("room-card", second)
        client.post(at("outcome-write", second), typed())
        asked = client.post(at("meeting-close", meeting))
        assert "闭会后会议记录锁定" in asked.content.decode()
        answer = client.post(
            at("meeting-close", meeting),
            {"agreed": "yes", "seen": asked.context["question"].seen},
        )
        assert answer.status_code == 302
    second.refresh_from_db()
    assert (second.spent_seconds, second.running_since) == (288, None)


def test_closing_says_what_is_given_out_and_what_goes_back(zone: Zone) -> None:
    deputy_secretary(zone)
    meeting, card = opened(zone)
    client = zone.client("zone")
    client.post(
        at("outcome-write", card), typed("补齐十月组织生活", kind="new_item", owners="大黄山街道")
    )
    page = client.post(at("meeting-close", meeting)).content.decode()
    for words in ("交办 1 件督办", "〔2026〕1号 补齐十月组织生活", "1 人没有登记到会"):
        assert words in page, words
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.OPEN, "asked, not done"
    outcome = Outcome.objects.get()
    asked = client.post(at("outcome-remove", card, outcome.pk), {"revision": outcome.revision})
    assert "〔2026〕1号 作废，编号保留" in asked.content.decode()


def test_others_read_the_room_and_write_nothing(zone: Zone) -> None:
    deputy_secretary(zone)
    _, card = opened(zone)
    client = zone.client("dahuangshan")
    text = client.get(at("room-card", card) + "?new=text").content.decode()
    assert "新结论" not in text
    assert 'id="outcome"' not in text
    assert client.post(at("outcome-write", card), typed()).status_code == 403
    assert client.post(at("card-begin", card)).status_code == 403
    assert zone.client("huzhuang1").get(at("room-card", card)).status_code == 404


def test_put_off_in_the_room_it_leaves_a_copy_behind(zone: Zone) -> None:
    _, card = opened(zone)
    client = zone.client("zone")
    assert "移到下次会" in client.get(at("room-defer", card)).content.decode()
    client.post(at("room-defer", card), {"how": "copy"})
    client.post(at("room-defer", card), {"how": "copy"})
    assert AgendaCard.objects.backlog().count() == 1
    text = client.get(at("room-card", card)).content.decode()
    assert "下次会再议一次" in text
    card.refresh_from_db()
    client.post(at("room-defer", card), {"how": "defer", "revision": card.revision})
    assert AgendaCard.objects.backlog().count() == 1
    assert "本题已改到下次会" in client.get(at("room-card", card)).content.decode()


def closed(zone: Zone) -> tuple[DispatchMeeting, AgendaCard]:
    """A meeting that was held: a decision, a new item, two cards that nobody came to."""
    deputy_secretary(zone)
    meeting = drafted(zone)
    card, *_ = (
        cards.add(meeting=meeting, content=content(title), by=zone.actor("zone"))
        for title in ("夜班职工党员的组织生活", "前姚社区", "亮点")
    )
    meeting.refresh_from_db()
    meeting = meetings.call(meeting=meeting, revision=meeting.revision, by=zone.actor("zone"))
    meetings.open_meeting(meeting=meeting, by=zone.actor("zone"))
    client = zone.client("zone")
    client.post(at("outcome-write", card), typed())
    client.post(
        at("outcome-write", card),
        typed("补齐十月组织生活", kind="new_item", owners="大黄山街道", due_on="2026-07-31"),
    )
    row = meeting.attendances.get(person_name="康红涛")
    given = {row.pk: (Presence.DEPUTY, "李勇", "住院")}
    meetings.record_attendance(meeting=meeting, given=given, by=zone.actor("zone"))
    meetings.close(meeting=meeting, by=zone.actor("zone"))
    meeting.refresh_from_db()
    return meeting, card


def test_minutes_say_what_was_concluded_and_what_became_of_it(zone: Zone) -> None:
    meeting, card = closed(zone)
    assert AgendaCard.objects.backlog().count() == 2, "those that nobody came to"
    text = zone.client("zone").get(at("meeting-minutes", meeting)).content.decode()
    for words in ("组织生活可按班次分两场开", "〔2026〕1号", "待签收", "李勇", "没有议到"):
        assert words in text, words
    client = zone.client("zone")
    answer = client.post(
        at("meeting-amend", meeting), {"card": card.pk, "text": "两场都要有记录"}, follow=True
    )
    assert "两场都要有记录" in answer.content.decode()
    theirs = zone.client("dahuangshan").get(at("meeting-minutes", meeting)).content.decode()
    assert "两场都要有记录" in theirs
    assert "写更正" not in theirs
    assert "住院" not in text + theirs
    assert zone.client("dahuangshan").get(at("meeting-amend", meeting)).status_code == 404
    neighbour = zone.client("jinshanqiao").get(at("meeting-minutes", meeting)).content.decode()
    assert "〔2026〕1号" in neighbour
    assert "待签收" not in neighbour, "called as well, but the item is not his"
    assert zone.client("huzhuang1").get(at("meeting-minutes", meeting)).status_code == 404
    assert client.post(at("outcome-write", card), typed()).status_code == 409


def test_queries_of_the_minutes_do_not_grow(zone: Zone) -> None:
    meeting, card = opened(zone)
    client = zone.client("zone")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(at("meeting-minutes", meeting)).status_code == 200
        return len(queries)

    both = f"{zone.street}、{zone.neighbour_street}"
    item = {"kind": "new_item", "owners": both, "due_on": "2026-07-31"}
    client.post(at("outcome-write", card), typed(**item))
    count()
    one = count()
    for _ in range(2):
        client.post(at("outcome-write", card), typed(**item))
    assert count() == one


def test_minutes_on_paper_and_as_sheets(zone: Zone) -> None:
    meeting, _ = closed(zone)
    client = zone.client("zone")
    for name in ("minutes-docx", "minutes-pdf", "decision-export", "letters-docx", "letters-pdf"):
        answer = client.get(at(name, meeting))
        assert answer.status_code == 200, name
        assert len(b"".join(answer.streaming_content)) > 2000, name
    document = minutes_document(minutes_of(meeting, zone.actor("zone")))
    said = repr(document)
    for words in (
        "应到 1 人，实到 1 人",
        "（一）夜班职工党员的组织生活",
        "补齐十月组织生活。由",
        "2026年7月31日前办结。（督办〔2026〕1号）",
        "代会：康红涛",
        "改到下次会议的议题",
    ):
        assert words in said, words
    assert "住院" not in said, "why somebody stayed away is nobody's on paper"
    assert document.stamp == ""


def in_calendar(zone: Zone, username: str) -> Any:
    """The meeting as the calendar feed of the user has it; None where it has none."""
    from icalendar import Calendar

    secret = tokens.renew_calendar(by=zone.actor(username)).secret
    text = Client().get(reverse("api:calendar-feed", args=[secret])).content
    found = [one for one in Calendar.from_ical(text).walk("VEVENT") if "SEQUENCE" in one]
    assert len(found) <= 1
    return found[0] if found else None


def test_meeting_in_the_calendar_keeps_its_id_and_counts_its_changes(zone: Zone) -> None:
    deputy_secretary(zone)
    meeting = drafted(zone)
    assert in_calendar(zone, "zone") is None, "a draft"
    cards.add(meeting=meeting, content=content(), by=zone.actor("zone"))
    meeting.refresh_from_db()
    meetings.call(meeting=meeting, revision=meeting.revision, by=zone.actor("zone"))
    first = in_calendar(zone, "dahuangshan")
    assert (first["SEQUENCE"], first["STATUS"]) == (0, "CONFIRMED")
    assert first.decoded("DTSTART") == START
    assert "康红涛" not in str(first)
    assert in_calendar(zone, "huzhuang1") is None
    same = {
        name: getattr(meeting, name)
        for name in (
            *("title", "form", "place", "chair_name", "recorder_name"),
            *("cap_minutes", "speech_minutes"),
        )
    }
    meeting.refresh_from_db()
    moved = START + dt.timedelta(days=1)
    meetings.edit(
        meeting=meeting,
        revision=meeting.revision,
        by=zone.actor("zone"),
        starts_at=moved,
        **same,
    )
    second = in_calendar(zone, "dahuangshan")
    assert second["UID"] == first["UID"] == in_calendar(zone, "zone")["UID"]
    assert (second["SEQUENCE"], second.decoded("DTSTART")) == (1, moved)
    meeting.refresh_from_db()
    meetings.cancel(
        meeting=meeting, reason="改为书面汇报", revision=meeting.revision, by=zone.actor("zone")
    )
    third = in_calendar(zone, "dahuangshan")
    assert (third["UID"], third["SEQUENCE"], third["STATUS"]) == (first["UID"], 2, "CANCELLED")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_race_of_closing_while_somebody_writes() -> None:
    """Either the outcome is there and its item is given out, or it was refused: never between."""
    zone = build_zone()
    meeting, card = opened(zone)

    def write() -> Any:
        with clock.at(NOW):
            return outcomes.write(
                card=AgendaCard.objects.get(pk=card.pk),
                uid=uuid.uuid4(),
                typed=outcomes.Typed(OutcomeKind.NEW_ITEM, "补齐十月组织生活", [zone.street]),
                by=zone.actor("zone"),
            )

    def close() -> Any:
        with clock.at(NOW):
            return meetings.close(meeting=meeting, by=zone.actor("zone"))

    for result in run_together([close, write, write]):
        assert result.error is None or isinstance(result.error, MovedOn), result
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CLOSED
    assert not ActionItem.objects.filter(state=ActionState.DRAFT).exists()
    assert Outcome.objects.count() == ActionItem.objects.count()


def test_program_reads_a_meeting_and_takes_its_steps(zone: Zone) -> None:
    meeting, card = opened(zone)
    client = zone.client("zone")
    client.post(
        at("outcome-write", card), typed("补齐十月组织生活", kind="new_item", owners="大黄山街道")
    )
    url = reverse("api:meeting-detail", args=[meeting.pk])
    answer = client.get(url)
    told = answer.json()
    assert told["cards"][0]["outcomes"][0]["item_number"] == "〔2026〕1号"
    assert {row["presence"] for row in told["attendances"]} == {"unrecorded"}
    step = reverse("api:meeting-close", args=[meeting.pk])
    assert client.post(step, {}, content_type="application/json").status_code == 428
    etag = {"If-Match": answer["ETag"]}
    closed = client.post(step, {}, content_type="application/json", headers=etag)
    assert closed.json()["state"] == "closed", closed.content.decode()
    again = client.post(step, {}, content_type="application/json", headers=etag)
    assert again.status_code == 412
    rows = zone.client("dahuangshan").get(reverse("api:meeting-list")).json()
    assert rows["count"] == 1, "called as a committee"
    assert zone.client("huzhuang1").get(reverse("api:meeting-list")).json()["count"] == 0


def test_program_ends_a_meeting_that_asks_many_when_it_has_looked(zone: Zone) -> None:
    """Refused in words and with what to send; nothing has moved, and the same call is taken then."""
    meeting, card = opened(zone)
    places = [make_organization(f"新支部{number}", parent=zone.general) for number in range(10)]
    drafting = Typed(OutcomeKind.NEW_ITEM, "核对名册", owners=places)
    outcomes.write(card=card, uid=uuid.uuid4(), typed=drafting, by=zone.actor("zone"))
    client = zone.client("zone")
    tag = client.get(reverse("api:meeting-detail", args=[meeting.pk]))["ETag"]
    step = reverse("api:meeting-close", args=[meeting.pk])

    def close(body: dict[str, Any]) -> Any:
        return client.post(step, body, content_type="application/json", headers={"If-Match": tag})

    refused = close({})
    assert (refused.status_code, refused.json()["code"]) == (400, "unseen")
    assert "要交办给 10 个单位" in refused.content.decode()
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.OPEN
    closed = close({"seen": True})
    assert closed.json()["state"] == "closed", closed.content.decode()
    given = ActionItem.objects.exclude(parent=None).exclude(state=ActionState.DRAFT)
    assert given.count() == 10


def test_meeting_asks_many_with_several_items_for_few_each(zone: Zone) -> None:
    meeting, card = opened(zone)
    places = [make_organization(f"新支部{number}", parent=zone.general) for number in range(10)]
    by = zone.actor("zone")
    for number, some in enumerate((places[:5], places[4:])):
        typed = Typed(OutcomeKind.NEW_ITEM, f"核对名册之{number}", owners=some)
        outcomes.write(card=card, uid=uuid.uuid4(), typed=typed, by=by)
    _, tick = weighed_of_many([(None, places[:5]), (None, places[4:])])
    assert tick == "我已看过这 10 个单位这个月和全年已有的用时，仍要交办"
    with pytest.raises(DomainError, match="要交办给 10 个单位"):
        meetings.close(meeting=meeting, by=by)
    assert meetings.close(meeting=meeting, by=by, seen=True).state == MeetingState.CLOSED


def test_program_writes_an_outcome_once_and_over_nobody(zone: Zone) -> None:
    meeting, card = opened(zone)
    url = reverse("api:outcome-write", args=[meeting.pk, card.pk])
    sent = {"uid": str(uuid.uuid4()), "kind": "text", "text": "按班次分两场开"}
    client = zone.client("zone")

    def post(**more: Any) -> Any:
        return client.post(url, sent | more, content_type="application/json")

    assert post().status_code == post().status_code == 200
    assert Outcome.objects.count() == 1
    assert post(text="另外写的", revision=1).json()["revision"] == 2
    assert post(text="又写的字", revision=1).status_code == 412
    other = post(uid=str(uuid.uuid4()), kind="new_item", owners=[999999])
    assert other.status_code in (400, 422), other.content.decode()
    other = reverse("api:outcome-write", args=[meeting.pk + 1, card.pk])
    assert client.post(other, sent, content_type="application/json").status_code == 404

"""The agenda page: fits or says why not, arranged by buttons, filled from the backlog, and the roll."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, searching, worklist
from orgs.enums import Post
from orgs.models import OfficeHolding
from schedules.dispatch.actions import cards, meetings, outcomes
from schedules.dispatch.enums import Presence
from schedules.dispatch.models import AgendaCard, Attendance, DispatchMeeting, Outcome
from schedules.dispatch.queries.agenda import Cut, agenda_of, suggestions
from schedules.rounds import mark_outcomes
from schedules.rounds.actions import marks
from schedules.rounds.models import ReportItem

from .access_objects import Place, sent_item
from .test_dispatch import NOW, called, content, deputy_secretary, drafted
from .world import Zone


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def filled(zone: Zone, *minutes: int) -> DispatchMeeting:
    meeting = drafted(zone)
    for number, one in enumerate(minutes, 1):
        cards.add(
            meeting=meeting,
            content=content(f"第{number}个议题", minutes=one),
            by=zone.actor("zone"),
        )
    return meeting


def test_sum_leads_and_calling_waits_until_it_fits(zone: Zone) -> None:
    deputy_secretary(zone)
    meeting = filled(zone, 8, 10, 6)
    page = zone.client("zone").get(meeting.get_absolute_url()).content.decode()
    assert "24 / 20 分钟" in page
    assert "超 4 分钟，减到 20 分钟以内才能通知" in page
    assert 'class="past"' in page, "the ruler is red past the end"
    agenda = agenda_of(meeting)
    assert [slot.number for slot in agenda.slots if slot.is_late] == [3]
    found = suggestions(agenda)
    assert [(one.cut, one.slot.number, one.saves) for one in found] == [
        (Cut.SHORTEN, 2, 2),
        (Cut.DEFER, 3, 6),
    ]
    client = zone.client("zone")
    urls = {slot.number: slot.card.pk for slot in agenda.slots}
    minutes = reverse("dispatch:card-minutes", args=[meeting.pk, urls[2]])
    client.post(minutes, {"minutes": "8"})
    client.post(reverse("dispatch:card-defer", args=[meeting.pk, urls[3]]))
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert "16 / 20 分钟" in page
    assert "通知 1 人" in page
    assert "disabled aria-describedby" not in page
    asked = client.post(reverse("dispatch:meeting-call", args=[meeting.pk])).content.decode()
    assert "应到 1 人" in asked
    assert "5 个职务空缺" in asked
    client.post(reverse("dispatch:meeting-call", args=[meeting.pk]), {"agreed": "yes"})
    meeting.refresh_from_db()
    assert meeting.state == "called"
    [item] = worklist.collect(zone.actor("dahuangshan")).items[:1]
    assert item.title == str(meeting)
    assert zone.client("dahuangshan").get(item.url).status_code == 200


def test_page_costs_the_same_with_more_cards_and_topics(zone: Zone) -> None:
    meeting = filled(zone, 5)
    cards.propose(series=meeting.series, content=content("备选一"), by=zone.actor("dahuangshan"))
    client = zone.client("zone")

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(meeting.get_absolute_url()).status_code == 200
        return len(found)

    client.get(meeting.get_absolute_url())
    first = cost()
    for number in range(2):
        cards.add(meeting=meeting, content=content(f"又一个{number}"), by=zone.actor("zone"))
        by = zone.actor("jinshanqiao")
        cards.propose(series=meeting.series, content=content(f"备选{number + 2}"), by=by)
    assert cost() == first
    assert first == 13


def test_list_costs_the_same_with_more_meetings(zone: Zone) -> None:
    meeting = filled(zone, 5)
    client = zone.client("zone")

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("dispatch:meeting-list")).status_code == 200
        return len(found)

    client.get(reverse("dispatch:meeting-list"))
    first = cost()
    for month in (8, 9):
        meetings.draft(
            series=meeting.series,
            period=f"2026-0{month}",
            starts_at=NOW + dt.timedelta(days=30 * (month - 6)),
            by=zone.actor("zone"),
        )
    assert cost() == first
    assert first == 8


def test_marked_problem_comes_from_the_report_onto_the_agenda(zone: Zone) -> None:
    sent = sent_item(Place(zone, zone.branch, zone.users["huzhuang1"]))
    mark = marks.mark(item=ReportItem.objects.get(pk=sent["pk"]), row=0, by=zone.actor("zone"))
    meeting = filled(zone, 5)
    client = zone.client("zone")
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert "活动室屋顶渗水" in page
    place = reverse("dispatch:meeting-place", args=[meeting.pk])
    for _ in range(2):
        client.post(place, {"key": f"mark:{mark.pk}"}, follow=True)
    card = AgendaCard.objects.get(origin=f"mark:{mark.pk}")
    assert card.meeting == meeting
    assert client.get(card.facts[0]["url"]).status_code == 200
    edit = client.get(reverse("dispatch:card-edit", args=[meeting.pk, card.pk])).content.decode()
    chosen = f'<option value="{zone.branch.pk}" selected>'
    assert chosen in edit, "the unit of a card is not lost, however deep it stands"
    assert "备选议题 0 条" in client.get(meeting.get_absolute_url()).content.decode()
    assert client.post(place, {"key": "mark:999999"}).status_code == 404


def test_a_marked_problem_is_told_by_the_committee_above_it(zone: Zone) -> None:
    sent = sent_item(Place(zone, zone.branch, zone.users["huzhuang1"]))
    mark = marks.mark(item=ReportItem.objects.get(pk=sent["pk"]), row=0, by=zone.actor("zone"))
    deputy_secretary(zone)
    place = reverse("dispatch:meeting-place", args=[filled(zone, 1).pk])
    zone.client("zone").post(place, {"key": f"mark:{mark.pk}"})
    card = AgendaCard.objects.get(origin=f"mark:{mark.pk}")
    assert (card.speaker_name, card.organization) == ("康红涛", zone.street)
    assert card.title.startswith(str(zone.branch)), "whose problem it is says the title"


def test_committee_proposes_on_its_page_and_sees_what_became_of_it(zone: Zone) -> None:
    meeting = filled(zone, 5)
    client = zone.client("dahuangshan")
    client.post(
        reverse("dispatch:topic-create"),
        {
            "series": str(meeting.series_id),
            "title": "夜班职工的组织生活时间",
            "minutes": "6",
            "speaker_name": "康红涛",
        },
    )
    topic = AgendaCard.objects.backlog().get()
    listed = client.get(reverse("dispatch:meeting-list")).content.decode()
    assert "夜班职工的组织生活时间" in listed
    assert meeting.title not in listed, "a draft is its holder's"
    zone.client("zone").post(
        reverse("dispatch:meeting-place", args=[meeting.pk]), {"key": f"card:{topic.pk}"}
    )
    listed = client.get(reverse("dispatch:meeting-list")).content.decode()
    assert "已列入议程" not in listed, "nobody is told of a draft"
    meeting.refresh_from_db()
    meetings.call(meeting=meeting, revision=meeting.revision, by=zone.actor("zone"))
    assert "已列入议程" in client.get(reverse("dispatch:meeting-list")).content.decode()


def test_two_who_write_one_card_lose_no_words(zone: Zone) -> None:
    meeting = filled(zone, 5)
    card = AgendaCard.objects.get()
    url = reverse("dispatch:card-edit", args=[meeting.pk, card.pk])
    typed = {
        "section": "exceptions",
        "topic": "limits",
        "title": "先存的题目",
        "minutes": "5",
        "revision": str(card.revision),
    }
    assert zone.client("zone").post(url, typed).status_code == 302
    answer = zone.client("zone").post(url, typed | {"title": "后存的题目"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "后存的题目" in page
    assert "另一人刚刚改过这个议题" in page
    assert "你填的" in page


def test_recorder_writes_the_roll_and_the_rest_came(zone: Zone) -> None:
    deputy_secretary(zone)
    OfficeHolding.objects.create(
        organization=zone.neighbour_street, post=Post.DEPUTY_SECRETARY, person_name="武永东"
    )
    meeting = called(zone)
    url = reverse("dispatch:meeting-roll", args=[meeting.pk])
    rows = {row.person_name: row for row in Attendance.objects.exclude(person_name="")}
    deputy = reverse("dispatch:attendance-deputy", args=[meeting.pk, rows["康红涛"].pk])
    assert zone.client("jinshanqiao").get(deputy).status_code == 404
    zone.client("dahuangshan").post(deputy, {"deputy_name": "李勇", "reason": "外出培训"})
    own = zone.client("dahuangshan").get(url).content.decode()
    assert "李勇代会" in own
    assert "武永东" not in own, "of others' people a committee is not told"
    client = zone.client("zone")
    assert "未登记" in client.get(url).content.decode()
    client.post(url, {"rest": "present"})
    found = dict(Attendance.objects.values_list("person_name", "presence").exclude(person_name=""))
    assert found == {"康红涛": Presence.DEPUTY, "武永东": Presence.PRESENT}
    assert not Attendance.objects.filter(person_name="", presence=Presence.PRESENT).exists()
    wrong = {f"presence-{rows['武永东'].pk}": "deputy", f"deputy-{rows['武永东'].pk}": ""}
    answer = client.post(url, wrong)
    assert answer.status_code == 422
    assert "请写明谁代武永东到会" in answer.content.decode()
    meetings.open_meeting(meeting=meeting, by=zone.actor("zone"))
    meetings.close(meeting=meeting, by=zone.actor("zone"))
    assert client.post(url, {"rest": "present"}).status_code == 409


def test_day_off_is_asked_about(zone: Zone) -> None:
    meeting = drafted(zone)
    url = reverse("dispatch:meeting-create")
    typed = {
        "series": str(meeting.series_id),
        "period": "2026-08",
        "day": "2026-08-15",
        "time": "14:30",
    }
    asked = zone.client("zone").post(url, typed).content.decode()
    assert "8月15日 星期六（休息日）" in asked
    assert DispatchMeeting.objects.count() == 1
    zone.client("zone").post(url, typed | {"agreed": "yes"})
    assert DispatchMeeting.objects.count() == 2


def test_search_finds_what_one_may_see(zone: Zone) -> None:
    filled(zone, 5)
    titles = {
        hit.title for hits in searching.find(zone.actor("zone"), "调度会") for hit in hits.items
    }
    assert any("党建工作调度会" in one for one in titles)
    found = searching.find(zone.actor("zone"), "第1个议题")
    assert [hit.title for hits in found for hit in hits.items] == ["第1个议题"]
    assert not searching.find(zone.actor("dahuangshan"), "第1个议题")


def test_newest_meeting_stands_first(zone: Zone) -> None:
    meeting = filled(zone, 5)
    later = meetings.draft(
        series=meeting.series,
        period="2026-08",
        starts_at=NOW + dt.timedelta(days=40),
        by=zone.actor("zone"),
    )
    page = zone.client("zone").get(reverse("dispatch:meeting-list")).content.decode()
    assert page.index(later.title) < page.index(meeting.title)


def test_reading_page_is_told_on_which_agenda_a_mark_has_come(zone: Zone) -> None:
    sent = sent_item(Place(zone, zone.branch, zone.users["huzhuang1"]))
    mark = marks.mark(item=ReportItem.objects.get(pk=sent["pk"]), row=0, by=zone.actor("zone"))
    meeting = filled(zone, 5)
    place = reverse("dispatch:meeting-place", args=[meeting.pk])
    zone.client("zone").post(place, {"key": f"mark:{mark.pk}"})
    [told] = mark_outcomes.of(zone.actor("zone"), [mark.pk])[mark.pk]
    assert told.text == f"已列入{meeting.title}"
    assert not mark_outcomes.of(zone.actor("huzhuang1"), [mark.pk])


def test_whoever_wrote_a_problem_sees_what_was_given_out_of_it(zone: Zone) -> None:
    sent = sent_item(Place(zone, zone.branch, zone.users["huzhuang1"]))
    mark = marks.mark(item=ReportItem.objects.get(pk=sent["pk"]), row=0, by=zone.actor("zone"))
    meeting, by = called(zone), zone.actor("zone")
    place = reverse("dispatch:meeting-place", args=[meeting.pk])
    zone.client("zone").post(place, {"key": f"mark:{mark.pk}"})
    meetings.open_meeting(meeting=meeting, by=by)
    card = AgendaCard.objects.get(origin=f"mark:{mark.pk}")

    def told(username: str) -> list[str]:
        found = mark_outcomes.of(zone.actor(username), [mark.pk])
        return [one.text for one in found.get(mark.pk, [])]

    for title in ("修好屋顶", "查看别处的屋顶"):
        typed = outcomes.Typed(kind="new_item", text=title, owners=[zone.branch])
        outcomes.write(card=card, uid=uuid.uuid4(), typed=typed, revision=None, by=by)
    taken_back = Outcome.objects.get(text="查看别处的屋顶")
    outcomes.remove(outcome=taken_back, revision=taken_back.revision, by=by)
    assert told("huzhuang1") == [], "nobody hears of it before the meeting is over"
    assert told("zone")[1:] == ["督办〔2026〕1号 修好屋顶：拟稿"]
    meetings.close(meeting=meeting, by=by)
    assert told("huzhuang1") == ["督办〔2026〕1号 修好屋顶：待签收"]
    assert told("taoyuan1") == []
    page = zone.client("huzhuang1").get(mark.report.get_absolute_url()).content.decode()
    assert "修好屋顶：待签收" in page
    with CaptureQueriesContext(connection) as queries:
        mark_outcomes.of(zone.actor("zone"), [mark.pk])
    asked = [one["sql"] for one in queries if "dispatch_" in one["sql"]]
    assert len(asked) == 2


def test_agenda_leads_to_the_room_and_the_minutes(zone: Zone) -> None:
    deputy_secretary(zone)
    meeting = called(zone)
    client = zone.client("zone")
    room, minutes = (
        reverse(f"dispatch:{name}", args=[meeting.pk]) for name in ("room", "meeting-minutes")
    )
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert f'href="{room}">投屏预演' in page
    assert minutes not in page
    meetings.open_meeting(meeting=meeting, by=zone.actor("zone"))
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert f'href="{minutes}"' in page
    for url in (room, minutes):
        assert client.get(url, follow=True).status_code == 200

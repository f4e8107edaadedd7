"""Pages of organisation life: what they cost, who sees what, what is kept, who wins a race."""

import datetime as dt
import html
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import attachments, clock, worklist
from core.actor import system
from core.errors import DomainError
from core.models import AuditEntry, Notification
from core.states import MovedOn
from members.actions import standings
from members.models import Member
from orgs.actions import tokens
from orgs.models import Organization
from schedules.life.actions import files as life_files
from schedules.life.actions import meetings
from schedules.life.actions.meetings import Ballot, Mark, Written
from schedules.life.enums import AbsenceReason, MeetingKind, MeetingState, Presence
from schedules.life.models import LifeFile, LifeStep, Meeting, Vote
from schedules.life.queries.rolls import roll_of
from schedules.life.rules import Tally, key_of, offered_topic
from schedules.rounds.actions import opening, reminders, rollups
from schedules.rounds.models import Duty, Plan

from .act_bodies import picture
from .parallel import run_together
from .world import START, Zone, build_zone, make_member

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 6, 10)
HERE = Mark(Presence.PRESENT)
ILL = Mark(Presence.ABSENT, AbsenceReason.ILLNESS)
TEXT = "通报上半年党建工作情况，讨论下半年的打算，大家发言热烈，一致同意支委会提出的安排，并提出三点建议。"
LIST, DETAIL, FORM, EDIT = 8, 18, 11, 14  # queries of a page


@pytest.fixture(autouse=True)
def in_july(request: pytest.FixtureRequest) -> Iterator[None]:
    with clock.at(NOW):
        yield


def people(branch: Organization, *names: str) -> list[Member]:
    found = [make_member(branch, name) for name in names]
    standings.fill(since=START)
    return found


def write(
    zone: Zone,
    branch: Organization | None = None,
    who: str = "huzhuang1",
    mark: Mark = HERE,
    **values: Any,
) -> Meeting:
    place = branch or zone.branch
    given: dict[str, Any] = {
        "kind": MeetingKind.GENERAL_MEETING,
        "held_on": DAY,
        "topic": "第二季度支部党员大会",
    }
    written = Written(**given | values)
    if roll_of(place, written.kind, written.held_on).is_empty:
        people(place, "某")
    return meetings.record(
        uid=uuid.uuid4(),
        units=[place],
        written=written,
        marks=all_of(place, mark),
        by=zone.actor(who),
    )


def all_of(place: Organization, mark: Mark = HERE) -> dict[int, Mark]:
    roll = roll_of(place, MeetingKind.GENERAL_MEETING, DAY)
    return {one.member_id: mark for one in roll.expected}


def url(name: str, record: Meeting | None = None, **query: str) -> str:
    return reverse(f"life:meeting-{name}", args=[record.uid] if record else [])


def create(kind: str = "general_meeting") -> str:
    return reverse("life:meeting-create", args=[kind]) + f"?on={DAY}"


def words(response: Any) -> str:
    return html.unescape(response.content.decode())


def cost(client: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


# --- what pages cost --------------------------------------------------------------------------


def test_list_costs_the_same_for_one_and_three(zone: Zone) -> None:
    people(zone.branch, "甲")
    client = zone.client("dahuangshan")
    write(zone)
    one = cost(client, url("list"))
    write(zone, topic="第二次")
    write(zone, zone.branch2, "huzhuang2")
    assert one == cost(client, url("list")) == LIST


def test_record_costs_the_same_for_one_and_three(zone: Zone) -> None:
    client = zone.client("huzhuang1")

    def shown(count: int) -> int:
        people(zone.branch, *(f"人{number}" for number in range(count)))
        votes = [Ballot(f"第{n}项", Tally(1, 1, 1, 0, 0)) for n in range(count)]
        record = write(zone, mark=ILL, votes=votes, topic=f"第{count}次大会")
        for number in range(count):
            photograph(record, f"{number}.jpg")
        page = words(client.get(url("detail", record)))
        assert page.count("赞成过半") == page.count(".jpg</a>") == count
        assert page.count("（病假）") >= count
        return cost(client, url("detail", record))

    assert shown(1) == shown(3) == DETAIL


def test_forms_cost_the_same_for_three_and_a_hundred(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    people(zone.branch, "甲", "乙", "丙")
    record = write(zone)
    three = cost(client, create()), cost(client, url("edit", record))
    people(zone.branch, *(f"人{number}" for number in range(97)))
    page = client.get(create())
    assert words(page).count("<li data-one") == 100
    assert (cost(client, create()), cost(client, url("edit", record))) == three == (FORM, EDIT)


# --- who sees what ----------------------------------------------------------------------------


def test_neighbours_record_is_nowhere(zone: Zone) -> None:
    people(zone.neighbour_branch, "邻人")
    theirs = write(zone, zone.neighbour_branch, "taoyuan1", mark=ILL, topic="邻居的大会")
    file = photograph(theirs, "邻居.jpg")
    client = zone.client("huzhuang1")
    assert "邻居的大会" not in words(client.get(url("list")))
    for name in ("detail", "edit"):
        assert client.get(url(name, theirs)).status_code == 404
    for name in ("edit", "thank", "return", "withdraw", "file-add"):
        body = {"reason": "不该成功", "topic": "改成我的"}
        assert client.post(url(name, theirs), body).status_code == 404
    assert client.get(reverse("life:meeting-file-open", args=[file.uid])).status_code == 404
    assert client.post(reverse("life:meeting-file-remove", args=[file.uid])).status_code == 404
    # Nor may anything be written down in the neighbour's name.
    theirs_too = create() + f"&organization={zone.neighbour_branch.pk}"
    assert client.get(theirs_too).status_code == 404
    assert client.post(theirs_too, {"topic": "冒名"}).status_code == 404
    assert (Meeting.objects.count(), LifeFile.objects.count()) == (1, 1)
    assert "邻居的大会" in words(zone.client("taoyuan1").get(url("list")))


def test_who_looks_from_above_has_not_written_it(zone: Zone) -> None:
    record = write(zone)
    assert zone.client("huzhuang1").post(url("thank", record)).status_code == 404
    assert zone.client("huzhuang").post(url("thank", record)).status_code == 302
    assert Meeting.objects.get().state == MeetingState.THANKED


# --- what is typed ----------------------------------------------------------------------------


def typed(**values: Any) -> dict[str, Any]:
    return {"uid": str(uuid.uuid4()), "version": "0", "topic": "第二季度支部党员大会", **values}


def test_roll_and_votes_are_written_as_they_were_tapped(zone: Zone) -> None:
    here, away = people(zone.branch, "甲", "乙")
    body = {
        f"m-{here.pk}": "present",
        f"m-{away.pk}": "illness",
        "votes-0-subject": "接收周晓峰为预备党员",
        "votes-0-entitled": "2",
        "votes-0-present": "1",
        "votes-0-for_": "1",
        # What the roll offers is no vote.
        "votes-1-entitled": "2",
        "votes-1-present": "1",
    }
    page = zone.client("huzhuang1").post(create(), typed(**body), follow=True)
    assert "到会未过半" in words(page)
    vote = Vote.objects.get()
    assert (vote.subject, vote.entitled, vote.present, vote.for_count) == (
        *("接收周晓峰为预备党员", 2, 1, 1),
    )
    record = Meeting.objects.get()
    assert record.attendances.get(presence="absent").member == away

    fields = {
        name: box.value()
        for name, box in (
            (box.html_name, box)
            for box in zone.client("huzhuang1").get(url("edit", record)).context["form"]
        )
    }
    assert fields["votes-0-subject"] == "接收周晓峰为预备党员"
    assert (fields[f"m-{away.pk}"], fields["version"]) == ("illness", 1)


def test_votes_that_cannot_be_are_refused_beside_their_number(zone: Zone) -> None:
    (one,) = people(zone.branch, "甲")
    client = zone.client("huzhuang1")
    for changed, field, said in (
        ({"votes-1-for_": "3"}, "votes-1-for_", "多于到会有表决权的 1 人"),
        ({"votes-1-present": "2"}, "votes-1-present", "多于有表决权的 1 人"),
        ({"votes-1-subject": ""}, "votes-1-subject", "请写明表决什么"),
        ({"votes-1-for_": ""}, "votes-1-for_", "请填赞成几票"),
        ({"votes-1-for_": "-1"}, "votes-1-for_", "0"),
        ({"votes-1-against": "多数"}, "votes-1-against", "反对请填人数"),
    ):
        body = {
            f"m-{one.pk}": "present",
            "votes-1-subject": "接收预备党员",
            "votes-1-entitled": "1",
            "votes-1-present": "1",
            "votes-1-for_": "1",
        }
        answer = client.post(create(), typed(**body | changed))
        assert answer.status_code == 422
        assert said in str(answer.context["form"].errors[field])
    assert not Meeting.objects.exists()


def test_topic_is_offered_by_kind_and_day(zone: Zone) -> None:
    kinds = MeetingKind
    assert [
        offered_topic(kinds.GENERAL_MEETING, dt.date(2026, 11, 26)),
        offered_topic(kinds.PARTY_DAY, dt.date(2026, 11, 26)),
        offered_topic(kinds.LIFE_MEETING, dt.date(2027, 2, 3)),
        offered_topic(kinds.VOLUNTEERING, dt.date(2026, 11, 26)),
    ] == [
        "第四季度支部党员大会",
        "11月主题党日",
        "2026年度组织生活会",
        "11月26日志愿服务",
    ]
    form = zone.client("huzhuang1").get(create("party_day")).context["form"]
    assert form["topic"].value() == "6月主题党日"
    assert form.vote_lines == []


def test_older_page_is_told_what_differs_and_may_decide(zone: Zone) -> None:
    (one,) = people(zone.branch, "甲")
    record = write(zone)
    first, second = zone.client("huzhuang1"), zone.client("officer")
    mine = {"uid": str(record.uid), "version": "1", "topic": "我写的题目", "place": "会议室"}
    theirs = {**mine, "topic": "他写的题目", f"m-{one.pk}": "present"}
    assert second.post(url("edit", record), theirs).status_code == 302
    refused = first.post(url("edit", record), {**mine, f"m-{one.pk}": "duty"})
    assert refused.status_code == 409
    assert refused.context["different"] == [
        ("主题", "他写的题目", "我写的题目"),
        ("甲", "到会", "公务"),
    ]
    form = refused.context["form"]
    assert (form["topic"].value(), form["version"].value()) == ("我写的题目", "2")
    # Without its version a page counts as old.
    assert first.post(url("edit", record), {**mine, "version": ""}).status_code == 409
    again = {box.html_name: box.value() for box in form if box.value() is not None}
    assert first.post(url("edit", record), again).status_code == 302
    assert Meeting.objects.current().get().topic == "我写的题目"
    assert Meeting.objects.current().get().version == 3


def test_copied_text_is_asked_about_before_it_is_kept(zone: Zone) -> None:
    write(zone, zone.branch2, "huzhuang2", summary=TEXT, topic="二支部的大会")
    write(zone, zone.neighbour_branch, "taoyuan1", summary=TEXT, topic="邻居的大会")
    client, street = zone.client("huzhuang1"), zone.client("dahuangshan")
    body = typed(summary=TEXT.replace("，", " ，"))
    # The secretary sees neither: what others wrote is not given away by a question.
    marks = {f"m-{people(place, '某')[0].pk}": "present" for place in (zone.branch, zone.general)}
    body |= marks
    assert client.post(create(), body).status_code == 302
    place = create() + f"&organization={zone.general.pk}"
    asked = street.post(place, typed(summary=TEXT, **marks))
    assert asked.status_code == 200
    assert "二支部的大会”一字不差" in words(asked)
    assert "邻居的大会" not in words(asked)
    assert Meeting.objects.filter(organization=zone.general).count() == 0
    seen = re.search(r'name="seen" value="(\w+)"', words(asked))
    assert seen is not None
    agreed = typed(summary=TEXT, **marks, agreed="yes", seen=seen.group(1))
    assert street.post(place, agreed).status_code == 302
    assert Meeting.objects.filter(organization=zone.general).count() == 1


def test_second_record_of_a_day_is_asked_about(zone: Zone) -> None:
    crowd = people(zone.branch, *(f"人{number}" for number in range(400)))
    marks = {f"m-{one.pk}": "present" for one in crowd}
    client, body = zone.client("huzhuang1"), typed(**marks)
    assert client.post(create(), body).status_code == 302
    assert client.post(create(), body).status_code == 302  # sent again: the same record
    asked = client.post(create(), typed(**{**marks, f"m-{crowd[7].pk}": "duty"}))
    assert "已登记过一次支部党员大会：第二季度支部党员大会" in words(asked)
    assert Meeting.objects.count() == 1
    # Agreed to, all that was tapped is still there.
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', words(asked)))
    assert client.post(create(), {**hidden, "agreed": "yes"}).status_code == 302
    second = Meeting.objects.order_by("-pk")[0]
    assert second.attendances.count() == 400
    assert second.attendances.get(presence="absent").member == crowd[7]


def test_a_version_that_was_replaced_takes_no_step(zone: Zone) -> None:
    by, above = zone.actor("huzhuang1"), zone.actor("huzhuang")
    old = write(zone)
    written = Written(kind=MeetingKind.GENERAL_MEETING, held_on=DAY, topic="改过的题目")
    given: dict[str, Any] = {"units": [zone.branch], "written": written, "by": by}
    given["marks"] = all_of(zone.branch)
    meetings.rewrite(meeting=Meeting.objects.get(pk=old.pk), version=1, **given)
    with pytest.raises(MovedOn):
        meetings.withdraw(meeting=old, reason="登错了", by=by)
    with pytest.raises(MovedOn):
        meetings.thank(meeting=old, by=above)
    with pytest.raises(MovedOn):
        meetings.send_back(meeting=old, reason="请补照片", by=above)
    latest, seen = (Meeting.objects.current().get() for _ in range(2))
    assert latest.state == MeetingState.RECORDED
    # Taken back while somebody writes it anew: it stays taken back.
    meetings.withdraw(meeting=latest, reason="登错了", by=by)
    with pytest.raises(MovedOn):
        meetings.rewrite(meeting=seen, version=2, **given)
    assert Meeting.objects.current().get().state == MeetingState.WITHDRAWN


# --- photographs ------------------------------------------------------------------------------


def photograph(record: Meeting, name: str) -> LifeFile:
    return LifeFile.objects.create(
        meeting=record,
        record_uid=record.uid,
        name=name,
        content_type="image/jpeg",
        size=1,
        sha256=uuid.uuid4().hex * 2,
        state="ready",
        uploaded_at=NOW,
    )


def checked() -> attachments.Checked:
    upload = picture()
    return attachments.check(upload.file, upload.name or "")


def test_one_content_is_one_photograph_over_all_versions(zone: Zone) -> None:
    by, file = zone.actor("huzhuang1"), checked()
    record = write(zone)
    first = life_files.attach(meeting=record, file=file, by=by)
    written = Written(kind=MeetingKind.GENERAL_MEETING, held_on=DAY, topic="改过的题目")
    newer = meetings.rewrite(
        meeting=record,
        version=1,
        units=[zone.branch],
        written=written,
        marks=all_of(zone.branch),
        by=by,
    )
    assert life_files.attach(meeting=newer, file=file, by=by).pk == first.pk
    assert AuditEntry.objects.filter(verb="life.meeting.attach").count() == 1
    shown = [
        words(zone.client(who).get(url("detail", newer))) for who in ("huzhuang1", "committee")
    ]
    assert [page.count("签到表.png</a>") for page in shown] == [1, 1]
    assert ["/remove/" in page for page in shown] == [True, False]


def test_photograph_stays_once_the_level_above_has_looked(zone: Zone) -> None:
    by = zone.actor("huzhuang1")
    record = write(zone)
    file = life_files.attach(meeting=record, file=checked(), by=by)
    meetings.thank(meeting=record, by=zone.actor("huzhuang"))
    with pytest.raises(MovedOn, match="照片不能再移除"):
        life_files.detach(attachment=file, meeting=record, by=by)
    remove = reverse("life:meeting-file-remove", args=[file.uid])
    assert remove not in words(zone.client("huzhuang1").get(url("detail", record)))

    record.refresh_from_db()
    meetings.send_back(meeting=record, reason="请换一张清楚的", by=zone.actor("huzhuang"))
    assert remove in words(zone.client("huzhuang1").get(url("detail", record)))
    assert zone.client("huzhuang1").post(remove).status_code == 302
    assert not LifeFile.objects.exists()

    record.refresh_from_db()
    meetings.withdraw(meeting=record, reason="登错了", by=by)
    with pytest.raises(DomainError, match="已撤回"):
        life_files.attach(meeting=record, file=checked(), by=by)


def test_paper_without_its_photograph_is_noticed(zone: Zone) -> None:
    record = write(zone, is_on_paper=True)
    client = zone.client("huzhuang1")
    assert "还没有上传纸质记录的照片" in words(client.get(url("detail", record)))
    client.post(url("file-add", record), {"file": picture()})
    assert "还没有上传纸质记录的照片" not in words(client.get(url("detail", record)))


# --- what is owed -------------------------------------------------------------------------------


@pytest.fixture
def owed(zone: Zone) -> dict[str, Duty]:
    """June's 主题党日 of every branch, open until July, and the one of July."""
    plan = Plan.objects.create(
        key="party_day",
        name="主题党日",
        fulfilment=key_of(MeetingKind.PARTY_DAY),
        kinds=["branch"],
        cadence="month",
        starts_on=dt.date(2026, 6, 1),
    )
    for period in ("2026-06", "2026-07"):
        opening.open_period(plan=plan, period=period, by=system())
    rollups.refresh_all()
    rows = Duty.objects.filter(organization=zone.branch)
    return {duty.period: duty for duty in rows}


def test_duty_leads_to_the_form_or_to_what_was_held(zone: Zone, owed: dict[str, Duty]) -> None:
    june, july = (reverse("life:duty-open", args=[owed[key].pk]) for key in sorted(owed))
    own, above = zone.client("huzhuang1"), zone.client("committee")
    form = own.get(june, follow=True)
    # The month is over: of a day within it, by the roll and the name of that day.
    assert form.redirect_chain[-1][0] == "/life/meetings/new/party_day/?on=2026-06-30"
    assert form.context["form"]["topic"].value() == "6月主题党日"
    assert own.get(july).url == "/life/meetings/new/party_day/"
    shown = above.get(june, follow=True)
    assert (shown.status_code, len(shown.context["page"])) == (200, 0)
    write(zone, kind=MeetingKind.PARTY_DAY, topic="重温入党誓词")
    write(zone, zone.branch2, "huzhuang2", kind=MeetingKind.PARTY_DAY, topic="二支部的主题党日")
    for client in (own, above):
        page = client.get(june, follow=True)
        assert page.status_code == 200
        assert [row.meeting.topic for row in page.context["page"]] == ["重温入党誓词"]
    assert zone.client("taoyuan1").get(june).status_code == 404
    asked = {"organization": zone.branch.pk}
    assert zone.client("taoyuan1").get(url("list"), asked).status_code == 404


def test_pages_of_duties_lead_there_and_none_fails(zone: Zone, owed: dict[str, Duty]) -> None:
    titles = {}
    assert zone.client("committee").get(f"/duties/{owed['2026-06'].pk}/").url == reverse(
        "life:duty-open", args=[owed["2026-06"].pk]
    )
    for who in ("huzhuang1", "huzhuang", "dahuangshan", "zone", "committee"):
        client = zone.client(who)
        items = worklist.collect(zone.actor(who)).items
        titles[who] = {one.title for one in items}
        pages = ["/", "/reports/", "/board/", f"/organizations/{zone.branch.pk}/", "/board/rows/"]
        pages += [f"/duties/{owed['2026-06'].pk}/records/", f"/duties/{owed['2026-06'].pk}/"]
        for path in (*pages, *(one.url for one in items)):
            asked = {"plan": "party_day", "period": "2026-06"} if "board" in path else {}
            assert client.get(path, asked, follow=True).status_code == 200, (who, path)
    assert any("2026年6月主题党日" in title for title in titles["huzhuang1"])
    own = worklist.collect(zone.actor("huzhuang1")).items
    assert {one.button for one in own if "主题党日" in one.title} == {"登记"}
    asked = {"plan": "party_day", "period": "2026-06", "organization": str(zone.street.pk)}
    rows = zone.client("dahuangshan").get("/board/rows/", asked, follow=True).context["rows"]
    assert reverse("life:duty-open", args=[owed["2026-06"].pk]) in {one["url"] for one in rows}


def test_digest_and_feed_name_what_is_owed(zone: Zone, owed: dict[str, Duty]) -> None:
    assert reminders.send_digests(by=system())
    told = Notification.objects.filter(user=zone.users["huzhuang1"], key__startswith="digest")
    assert "主题党日" in told.get().body
    secret = tokens.renew_calendar(by=zone.actor("huzhuang1")).secret
    feed = Client().get(reverse("api:calendar-feed", args=[secret])).content.decode()
    assert "主题党日" in feed.replace("\r\n ", "")


# --- at the same moment -----------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_rewrite_one_record_exactly_one_wins() -> None:
    zone = build_zone()
    record = write(zone)

    def rewrite(who: str, topic: str) -> Any:
        by = zone.actor(who)
        shown = Meeting.objects.select_related("organization").get(pk=record.pk)
        written = Written(kind=MeetingKind.GENERAL_MEETING, held_on=DAY, topic=topic)

        def act() -> Meeting:
            with clock.at(NOW):
                return meetings.rewrite(
                    meeting=shown,
                    version=1,
                    units=[zone.branch],
                    written=written,
                    marks=all_of(zone.branch),
                    by=by,
                )

        return act

    outcomes = run_together([rewrite("huzhuang1", "书记写的"), rewrite("officer", "干事写的")])
    (won,) = [one.value for one in outcomes if one.error is None]
    (lost,) = [one.error for one in outcomes if one.error is not None]
    assert isinstance(lost, MovedOn)
    assert Meeting.objects.current().get().topic == won.topic
    assert sorted(Meeting.objects.values_list("version", flat=True)) == [1, 2]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_record_sent_twice_at_once_is_one() -> None:
    zone = build_zone()
    people(zone.branch, "甲")
    by, uid, marks = zone.actor("huzhuang1"), uuid.uuid4(), all_of(zone.branch)
    written = Written(kind=MeetingKind.GENERAL_MEETING, held_on=DAY, topic="第二季度支部党员大会")

    def act() -> Meeting:
        with clock.at(NOW):
            return meetings.record(
                uid=uid, units=[zone.branch], written=written, marks=marks, by=by
            )

    outcomes = run_together([act] * 4)
    assert [one.error for one in outcomes] == [None] * 4
    assert {one.value.pk for one in outcomes} == {Meeting.objects.get().pk}
    assert LifeStep.objects.count() == 1

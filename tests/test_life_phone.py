"""Organisation life on a phone: photographs once and without their place, what is offered today."""

import datetime as dt
import html
import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import attachments, clock, worklist
from core.actor import Actor, system
from core.errors import DomainError
from core.worklist import WorkItem, Worklist
from members.actions import standings
from members.models import Member
from orgs.enums import Post
from orgs.models import OfficeHolding
from schedules.life import worklist as life_worklist
from schedules.life.actions import files as life_files
from schedules.life.actions import meetings
from schedules.life.actions.meetings import Ballot, Mark, Written
from schedules.life.enums import AbsenceReason, MeetingKind, Presence
from schedules.life.models import LifeFile, Meeting
from schedules.life.queries.rolls import roll_of
from schedules.life.rules import Tally
from schedules.rounds.actions import opening
from schedules.rounds.models import Plan

from .test_attachments import picture
from .world import START, Zone, make_member

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
PNG, OTHER_PNG = picture(), picture(size=(5, 3))
BY_SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture(autouse=True)
def in_july(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.ATTACHMENT_DIR = tmp_path
    with clock.at(NOW):
        yield


def somebody(zone: Zone) -> Member:
    """A member on the branch's roll, who sits on its committee."""
    member = make_member(zone.branch, "张三")
    OfficeHolding.objects.create(
        organization=zone.branch, post=Post.COMMISSIONER, person_name="张三"
    )
    standings.fill(since=START)
    return member


def write(zone: Zone, day: dt.date, kind: str = "general_meeting", **values: Any) -> Meeting:
    written = Written(MeetingKind(kind), day, values.pop("topic", "开会"), **values)
    if roll_of(zone.branch, written.kind, day).is_empty:
        somebody(zone)
    roll = roll_of(zone.branch, written.kind, day)
    return meetings.record(
        uid=uuid.uuid4(),
        units=[zone.branch],
        written=written,
        marks={one.member_id: Mark(Presence.PRESENT) for one in roll.expected},
        by=zone.actor("huzhuang1"),
    )


def address(name: str, record: Meeting) -> str:
    return reverse(f"life:meeting-{name}", args=[record.uid])


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


# --- photographs ----------------------------------------------------------------------------------


def test_photograph_sent_again_is_one(zone: Zone) -> None:
    record, client, uid = write(zone, dt.date(2026, 7, 6)), zone.client("huzhuang1"), uuid.uuid4()
    files = LifeFile.objects.filter(record_uid=record.uid)

    def send(name: str, content: bytes, sent_as: object = uid, who: Any = client) -> Any:
        file = SimpleUploadedFile(name, content, "image/png")
        url = address("file-add", record)
        return who.post(url, {"file": file, "uid": str(sent_as)}, headers=BY_SCRIPT)

    for content in (PNG, PNG, OTHER_PNG):  # the second is lost on the way, the third a retry of it
        answer = send("签到表.png", content)
        assert (answer.status_code, answer.json()) == (200, {"message": "已上传“签到表.png”"})
    assert files.count() == 1
    answer = send("录像.mov", b"x", uuid.uuid4())
    assert answer.status_code == 400
    assert "“录像.mov”不是可以上传的类型" in answer.json()["message"]
    assert client.post(address("file-add", record), headers=BY_SCRIPT).status_code == 422
    # Written anew meanwhile: it is the photograph of the record, not of one version.
    written = Written(MeetingKind.GENERAL_MEETING, record.held_on, "改了主题")
    by = zone.actor("huzhuang1")
    anew = meetings.rewrite(
        meeting=record,
        version=1,
        units=[zone.branch],
        written=written,
        marks={
            pk: Mark(Presence.PRESENT) for pk in record.attendances.values_list("member", flat=True)
        },
        by=by,
    )
    assert send("签到表.png", PNG).status_code == 200
    assert send("会场.png", OTHER_PNG, "不是编号").status_code == 200
    assert files.count() == 2
    # Taken back: what had arrived is answered as it was, nothing new is taken.
    meetings.withdraw(meeting=anew, reason="登错了", by=by)
    assert send("签到表.png", PNG).status_code == 200
    assert send("晚了.png", picture(size=(7, 3)), uuid.uuid4()).status_code == 409
    assert files.count() == 2
    assert send("别人的.png", PNG, uuid.uuid4(), zone.client("taoyuan1")).status_code == 404
    assert send("上级的.png", PNG, uuid.uuid4(), zone.client("committee")).status_code == 404
    # Who may add none, and who may add none any more, is told what the phone still holds.
    page = words(client.get(address("detail", record)))
    assert f'<div data-photos="life-{record.uid}"></div>' in page
    assert 'data-photos="' not in words(zone.client("committee").get(address("detail", record)))


def test_id_of_an_upload_belongs_to_one_record(zone: Zone) -> None:
    uid, by = uuid.uuid4(), zone.actor("huzhuang1")
    first, second = (write(zone, dt.date(2026, 7, day), topic=f"{day}日") for day in (5, 6))
    for record in (first, second):
        file = attachments.check(io.BytesIO(PNG), "签到表.png")
        life_files.attach(meeting=record, file=file, by=by, uid=uid)
    assert LifeFile.objects.filter(sent_as=uid).count() == 2


def place_of(page: str) -> tuple[int, int]:
    """Where the photographs stand, and where the roll."""
    return page.index('id="files"'), page.index("应到 <b>")


def test_button_for_photographs_stands_first_after_saving(zone: Zone) -> None:
    make_member(zone.branch, "张三")
    standings.fill(since=START)
    client = zone.client("huzhuang1")
    record = write(zone, dt.date(2026, 7, 6))
    files, roll = place_of(words(client.get(address("detail", record))))
    assert files < roll
    client.post(address("file-add", record), {"file": SimpleUploadedFile("a.png", PNG)})
    files, roll = place_of(words(client.get(address("detail", record))))
    assert files > roll
    # Nobody is urged for photographs of old records, but where the paper is the record.
    old, paper = (
        write(zone, dt.date(2026, 6, 5)),
        write(zone, dt.date(2026, 6, 6), is_on_paper=True),
    )
    with clock.at(NOW + dt.timedelta(days=1)):
        for one, is_first in ((old, False), (paper, True)):
            files, roll = place_of(words(zone.client("huzhuang1").get(address("detail", one))))
            assert (files < roll) == is_first


# --- 今天开会 ---------------------------------------------------------------------------------------

NOT_RECORDING = ("committee", "sysadmin")
QUERIES = 2  # what was held lately, what is owed; and those of the plans


@pytest.fixture
def no_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life_worklist, "_plans", [])


def offered(zone: Zone, who: str = "huzhuang1") -> list[WorkItem]:
    work, actor = Worklist(), zone.actor(who)
    with CaptureQueriesContext(connection) as context:
        life_worklist.provide(actor, work)
    assert len(context) == (0 if who in NOT_RECORDING else QUERIES)
    return work.items


def titles(zone: Zone, who: str = "huzhuang1") -> list[str]:
    return [one.title for one in offered(zone, who)]


def days_of(zone: Zone, kind: str, *days: dt.date) -> None:
    for number, day in enumerate(days):
        write(zone, day, kind, topic=f"第 {number} 次")


@pytest.mark.usefixtures("no_plans")
@pytest.mark.parametrize(
    ("days", "is_offered"),
    [
        ([(4, 6), (5, 6), (6, 6)], True),  # on the 6th three months in a row
        ([(4, 6), (5, 4), (6, 1)], True),  # on the first Monday, which today is
        ([(5, 6), (6, 6)], False),  # twice is no habit
        ([(3, 6), (4, 6), (6, 6)], False),
        ([(4, 6), (5, 5), (6, 6)], False),
        ([(4, 6), (5, 6), (6, 6), (7, 2)], False),  # this month's was on another day
        ([(4, 6), (5, 6), (6, 6), (7, 6)], False),  # recorded: gone
    ],
)
def test_what_is_held_on_this_day_of_every_month_is_offered(
    zone: Zone, days: list[tuple[int, int]], is_offered: bool
) -> None:
    days_of(zone, "party_day", *(dt.date(2026, month, day) for month, day in days))
    found = titles(zone)
    assert found == (["今天开会：主题党日"] if is_offered else [])


@pytest.mark.usefixtures("no_plans")
def test_habit_belongs_to_its_organisation_and_to_who_records(zone: Zone) -> None:
    days = [dt.date(2026, month, 6) for month in (4, 5, 6)]
    days_of(zone, "party_day", *days)
    days_of(zone, "committee_meeting", *days)
    days_of(zone, "lesson", *days)  # owed once a quarter: no habit of a month
    wanted = ["今天开会：支委会", "今天开会：主题党日"]
    assert titles(zone) == titles(zone, "officer") == wanted
    for who in ("huzhuang", "huzhuang2", "dahuangshan", "committee", "taoyuan1", "sysadmin"):
        assert titles(zone, who) == []


def test_what_is_planned_is_offered_with_its_theme_and_opened_by_one_tap(
    zone: Zone, no_plans: None
) -> None:
    @dataclass(frozen=True)
    class Line:
        kind: MeetingKind
        theme: str = ""

    asked = []

    def plans(actor: Actor, day: dt.date) -> list[Line]:
        asked.append((actor.organization_id, day))
        return [Line(MeetingKind.LESSON, "学党章"), Line(MeetingKind.GENERAL_MEETING)]

    life_worklist.register_plans(plans)
    make_member(zone.branch, "张三")
    standings.fill(since=START)
    write(
        zone,
        dt.date(2026, 3, 2),
        "lesson",
        place="党群服务中心",
        agenda="一、学党章",
        starts_at=dt.time(15),
        ends_at=dt.time(16),
    )
    general, lesson = offered(zone)
    assert (general.title, lesson.title) == ("今天开会：支部党员大会", "今天开会：党课 学党章")
    assert asked == [(zone.branch.pk, dt.date(2026, 7, 6))]
    page = words(zone.client("huzhuang1").get(lesson.url))
    assert 'value="党群服务中心"' in page
    assert 'value="15:00"' in page
    assert 'placeholder="上次：一、学党章"' in page
    home = words(zone.client("huzhuang1").get("/"))
    assert home.index("今天开会：支部党员大会") < home.index("今天开会：党课 学党章")
    write(zone, dt.date(2026, 7, 6), "lesson")
    assert titles(zone) == ["今天开会：支部党员大会"]


@pytest.mark.usefixtures("no_plans")
def test_meeting_of_today_and_its_duty_are_one_line(zone: Zone) -> None:
    plan = Plan.objects.create(
        key="party_day",
        name="主题党日",
        fulfilment="life.party_day",
        kinds=["branch"],
        cadence="month",
        starts_on=dt.date(2026, 5, 1),
    )
    opening.open_period(plan=plan, period="2026-05", by=system())

    def lines() -> list[WorkItem]:
        return worklist.collect(zone.actor("huzhuang1")).items

    may = "2026年5月主题党日"
    with clock.at(dt.datetime(2026, 5, 28, 2, tzinfo=dt.UTC)):
        assert not [one for one in lines() if "今天开会" in one.title]
    # Friday, and the month ends with a Sunday: it is today, or it was not held.
    with clock.at(dt.datetime(2026, 5, 29, 2, tzinfo=dt.UTC)):
        first = lines()[0]
        assert (first.title, first.button) == ("今天开会：主题党日", "点名")
        assert f"记入{may}" in first.text
        assert may not in {one.title for one in lines()}
        write(zone, dt.date(2026, 5, 29), "party_day")
        assert not [one for one in lines() if "主题党日" in one.title]


# --- sent once ------------------------------------------------------------------------------------


def test_record_whose_answer_was_lost_is_the_same_and_loses_no_word(zone: Zone) -> None:
    """The page that never heard of it sends it again: as it was it is the same record; with more
    words it is refused, or they would be lost."""
    one, two = make_member(zone.branch, "张三"), make_member(zone.branch, "李四")
    standings.fill(since=START)
    by, uid = zone.actor("huzhuang1"), uuid.uuid4()
    here = {pk: Mark(Presence.PRESENT) for pk in (one.pk, two.pk)}

    def send(agenda: str = "一、学党章", marks: Any = here, *votes: Ballot) -> Meeting:
        written = Written(
            MeetingKind.GENERAL_MEETING,
            dt.date(2026, 7, 6),
            "开会",
            agenda=agenda,
            votes=votes,
        )
        return meetings.record(uid=uid, units=[zone.branch], written=written, marks=marks, by=by)

    first = send()
    assert send() == first
    ill = here | {one.pk: Mark(Presence.ABSENT, AbsenceReason.ILLNESS)}
    vote = Ballot("明年打算", Tally(2, 2, 2, 0, 0))
    for given in (("一、学党章\n二、打算",), ("一、学党章", ill), ("一、学党章", here, vote)):
        with pytest.raises(DomainError, match="刚才已经登记成功，之后改的没有保存"):
            send(*given)
    assert Meeting.objects.count() == 1
    # Written anew by then on its own page: the first sending is still the same record.
    written = Written(MeetingKind.GENERAL_MEETING, dt.date(2026, 7, 6), "补充了内容")
    meetings.rewrite(
        meeting=first, version=1, units=[zone.branch], written=written, marks=here, by=by
    )
    assert send().topic == "补充了内容"


def test_draft_of_a_day_leads_back_to_its_day(zone: Zone) -> None:
    member = somebody(zone)
    page = words(zone.client("huzhuang1").get("/life/meetings/new/lesson/"))
    address = f"/life/meetings/new/lesson/?on=2026-07-06&organization={zone.branch.pk}"
    assert f'data-draft-url="{address}"' in page
    assert f'action="{address}"' in page
    assert 'data-draft-title="党课 · 湖庄村第一支部 · 2026年7月6日' in page
    # The name is what the server lets go by: no query stands in it.
    (name,) = re.findall(r'data-draft="([^"]+)"', page)
    assert "?" not in name
    other = words(zone.client("huzhuang1").get("/life/meetings/new/lesson/?on=2026-07-05"))
    assert f'data-draft="{name}"' not in other
    given = re.search(r'name="uid" value="([^"]+)"', page)
    assert given is not None
    answer = zone.client("huzhuang1").post(
        address,
        {
            "uid": given[1],
            "topic": "党课",
            f"m-{member.pk}": "present",
            "draft": f"{name}/g1/x",
        },
    )
    assert answer.cookies["draft_done"].value == f"{name}/g1/x"

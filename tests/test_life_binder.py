"""The binder of a branch and year: what is in it and in which order, photographs, caps, whose it is."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from core import attachments, clock, effects
from core.documents.making import State
from core.errors import DomainError
from core.gates import pictures as gate
from core.models import AuditEntry, MadeDocument
from orgs.models import OfficeHolding, RoleGrant
from schedules.life import packs
from schedules.life.actions import files, meetings
from schedules.life.actions.meetings import Ballot
from schedules.life.enums import MeetingKind
from schedules.life.exports import binder as binding
from schedules.life.exports import photographs as showing
from schedules.life.exports.photographs import Room, photographs
from schedules.life.models import LifeFile, Meeting
from schedules.life.queries.whole import wholes
from schedules.life.rules import Tally

from .test_exports_reports import body
from .test_life_ledgers import text_of
from .test_life_pages import DAY, ILL, NOW, people, photograph, words, write
from .world import START, Zone

LESSON, PARTY_DAY = MeetingKind.LESSON, MeetingKind.PARTY_DAY


@pytest.fixture(autouse=True)
def in_july(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    with clock.at(NOW):
        yield


def jpeg(name: str, colour: str = "#aa3322", size: tuple[int, int] = (1200, 900)) -> Any:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, "JPEG")
    target.seek(0)
    return attachments.check(target, name)


def ask(zone: Zone, who: str = "huzhuang1", ending: str = "pdf", year: int = 2026) -> MadeDocument:
    address = reverse("life:binder", args=[zone.branch.pk])
    answer = zone.client(who).post(address, {"year": year, "ending": ending})
    assert answer.status_code == 302
    return MadeDocument.objects.order_by("-pk").first()


def made(zone: Zone, who: str = "huzhuang1", ending: str = "pdf") -> bytes:
    row = ask(zone, who, ending)
    effects.run_due()
    row.refresh_from_db()
    assert row.state == State.READY, row.failure
    return body(zone.client(who).get(reverse("core:document-file", args=[row.uid])))


def a_year(zone: Zone) -> Meeting:
    """A general meeting with a vote and photographs, an earlier lesson, and what does not belong."""
    people(zone.branch, "甲", "乙")
    people(zone.neighbour_branch, "邻人")
    by = zone.actor("huzhuang1")
    meeting = write(
        zone,
        mark=ILL,
        topic="讨论换届",
        starts_at=dt.time(15),
        ends_at=dt.time(16, 5),
        place="党员活动室",
        chair_name="蔡航国",
        recorder_name="李娜",
        agenda="一、通报工作\n二、讨论换届",
        summary="会上通报了上半年工作。",
        resolutions="同意换届方案。",
        guests="街道组织办",
        votes=[Ballot("换届方案", Tally(2, 2, 2, 0, 0)), Ballot("另一项", Tally(2, 1, 1, 0, 0))],
    )
    for name, colour in (("大会现场.jpg", "#aa3322"), ("签到表.jpg", "#22aa33")):
        files.attach(meeting=meeting, file=jpeg(name, colour), by=by)
    write(zone, kind=LESSON, topic="第一季度党课", held_on=dt.date(2026, 3, 5))
    write(zone, kind=PARTY_DAY, topic="五月主题党日", held_on=dt.date(2026, 5, 5))
    write(zone, kind=PARTY_DAY, topic="二月主题党日", held_on=dt.date(2026, 2, 5))
    meetings.withdraw(meeting=write(zone, topic="撤回的会"), reason="登错了", by=by)
    write(zone, topic="去年的会", held_on=dt.date(2025, 12, 1))
    write(zone, zone.neighbour_branch, "taoyuan1", topic="邻居的会")
    write(zone, zone.branch2, "huzhuang2", topic="二支部的会")
    OfficeHolding.objects.create(
        organization=zone.branch,
        person_name="董海勤",
        post="organization_commissioner",
        started_on=START,
    )
    return meeting


def test_binder_is_asked_for_made_and_holds_the_year_in_order(zone: Zone) -> None:
    a_year(zone)
    address = reverse("life:binder", args=[zone.branch.pk])
    page = words(zone.client("huzhuang1").get(address))
    for part in ("支部党员大会", "主题党日", "2 份", "2 张", "董海勤", "三会一课台账"):
        assert part in page
    read = PdfReader(io.BytesIO(made(zone)))
    texts = [one.extract_text().replace("\n", "") for one in read.pages]
    cover, contents, *bound = texts
    for part in ("组织生活档案", "（2026年度）", "中共大黄山街道湖庄村第一支部委员会", "董海勤"):
        assert part in cover
    assert f"共 {len(bound)} 页" in cover
    wanted = [
        *("支部党员大会", "6月10日　讨论换届", "党课", "3月5日　第一季度党课", "主题党日"),
        *("2月5日　二月主题党日", "5月5日　五月主题党日", "台账", "三会一课台账"),
    ]
    places = [contents.find(one) for one in wanted]
    assert -1 not in places
    assert places == sorted(places)
    lesson = int(re.search(r"第一季度党课[. ]*(\d+)", contents)[1])
    assert "第一季度党课" in bound[lesson - 1]
    whole = "".join(texts)
    for gone in ("撤回的会", "去年的会", "邻居的会", "二支部的会", "邻人"):
        assert gone not in whole
    record = "".join(bound[: lesson - 1])
    for part in (
        *("支部党员大会记录", "2026年6月10日", "15:00—16:05", "党员活动室", "蔡航国", "李娜"),
        *(
            "应到 2 人，实到 0 人，缺席 2 人",
            "甲（病假）、乙（病假）",
            "街道组织办",
            "二、讨论换届",
        ),
        *("会上通报了上半年工作。", "同意换届方案。", "赞成 2，反对 0，弃权 0。赞成过半"),
        *("到会未过半，表决无效", "主持人（签字）", "记录人（签字）", "大会现场.jpg", "签到表.jpg"),
    ):
        assert part in record, part
    assert len({image.name for one in read.pages for image in one.images}) == 2
    assert AuditEntry.objects.filter(verb="life.binder.export").count() == 1
    assert MadeDocument.objects.get().organization_path == zone.branch.path


def test_word_holds_the_same(zone: Zone) -> None:
    a_year(zone)
    content = made(zone, ending="docx")
    told = text_of(content, "docx")
    for part in (
        "组织生活档案",
        "目录",
        "董海勤",
        "6月10日　讨论换届",
        "同意换届方案。",
        "甲（病假）",
    ):
        assert part in told
    assert "撤回的会" not in told
    assert len(docx.Document(io.BytesIO(content)).inline_shapes) == 2


def test_who_was_there_is_named_apart_from_who_was_not(zone: Zone) -> None:
    people(zone.branch, "甲", "乙")
    record = write(zone)
    row = record.attendances.get(member__name="乙")
    row.presence = "guest"
    row.save()
    form = words(zone.client("huzhuang1").get(reverse("life:meeting-print", args=[record.uid])))
    assert "甲、乙（外出参加）" in form
    assert re.search(r"缺席</th>\s*<td[^>]*>无<", form)


@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_one_record_is_a_file_with_its_photographs(zone: Zone, ending: str) -> None:
    record = a_year(zone)
    photograph(record, "打不开.jpg")
    LifeFile.objects.filter(name="打不开.jpg").update(scan="infected")
    other = photograph(record, "讲稿.pdf")
    LifeFile.objects.filter(pk=other.pk).update(content_type="application/pdf")
    content = body(
        zone.client("committee").get(reverse("life:meeting-paper", args=[record.uid, ending]))
    )
    told = text_of(content, ending)
    for part in ("支部党员大会记录", "大会现场.jpg", "另有照片 1 张，在系统的记录里", "讲稿.pdf"):
        assert part in told
    assert "甲（请假）" in told
    (entry,) = AuditEntry.objects.filter(verb="life.meeting.export")
    assert entry.organization_path == zone.branch.path


def test_photographs_stop_where_there_is_no_room(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(zone.branch, "甲")
    record, by = write(zone), zone.actor("huzhuang1")
    for number in range(3):
        file = jpeg(f"{number}.jpg", f"#{number}0{number}0{number}0", (1500, 300))
        files.attach(meeting=record, file=file, by=by)
    (whole,) = wholes(by, [record.pk])
    taken, notes = photographs(whole.files, Room(2, 10**9))
    assert [one.caption for one in taken] == ["0.jpg", "1.jpg"]
    assert notes == ["另有照片 1 张，在系统的记录里。"]
    with Image.open(io.BytesIO(taken[0].content)) as small:
        assert (small.format, small.size) == ("JPEG", (900, 180))
    room = Room(10, 1)
    assert len(photographs(whole.files, room)[0]) == 1, "the one that fills it is the last"
    assert photographs(whole.files, room)[0] == []
    monkeypatch.setattr(showing, "MOST_EACH", 1)
    assert len(photographs(whole.files, Room(10, 10**9))[0]) == 1


def test_shrinking_keeps_what_is_seen_and_refuses_rubbish() -> None:
    upright = io.BytesIO()
    clear = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    clear.save(upright, "PNG")
    kind, small = gate.shrink(upright.getvalue(), "png", 100)
    with Image.open(io.BytesIO(small)) as shown:
        assert (kind, shown.size) == ("jpg", (100, 50))
        assert min(shown.getpixel((50, 25))) > 250, "what is clear is white on paper"
    turned = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    Image.new("RGB", (400, 200), "#888888").save(turned, "JPEG", exif=exif)
    with Image.open(io.BytesIO(gate.shrink(turned.getvalue(), "jpg", 100)[1])) as shown:
        assert shown.size == (50, 100)
    with pytest.raises(DomainError, match="不是有效的图片"):
        gate.shrink(b"rubbish", "jpg", 100)


# --- what it costs, and when it is refused ----------------------------------------------------


def test_binder_costs_the_same_for_one_and_three(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(zone.branch, "甲", "乙")
    what = packs.wanted_binder(zone.branch, 2026, "docx").what
    actor, client = zone.actor("huzhuang1"), zone.client("huzhuang1")
    address = reverse("life:binder", args=[zone.branch.pk])

    def cost() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as page:
            assert client.get(address).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            packs.make_binder(io.BytesIO(), what, actor, lambda *how: None)
        return len(page), len(queries)

    write(zone, mark=ILL, votes=[Ballot("甲案", Tally(2, 2, 2, 0, 0))])
    one = cost()
    for number in range(2):
        write(zone, mark=ILL, topic=f"第{number}次", votes=[Ballot("乙案", Tally(2, 2, 2, 0, 0))])
    assert cost() == one == (8, 32)
    # Of many records some are in memory at a time.
    monkeypatch.setattr(binding, "TOGETHER", 1)
    assert cost() == (8, 32 + 2 * 5)


def test_progress_is_told_for_each_part(zone: Zone) -> None:
    people(zone.branch, "甲")
    write(zone)
    told: list[tuple[int, int]] = []
    packs.make_binder(
        io.BytesIO(),
        packs.wanted_binder(zone.branch, 2026, "pdf").what,
        zone.actor("huzhuang1"),
        lambda *how: told.append(how),
    )
    count = 1 + len([one for one in packs.registered().values() if one.is_bound])
    assert told == [(number, count) for number in range(1, count + 1)]


def test_empty_year_and_endless_one_are_refused(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = zone.client("huzhuang1"), reverse("life:binder", args=[zone.branch.pk])
    assert "这一年还没有组织生活记录" in words(client.get(address))
    answer = client.post(address, {"year": 2026, "ending": "pdf"}, follow=True)
    assert "没有可以装订的" in words(answer)
    people(zone.branch, "甲")
    for number in range(2):
        write(zone, topic=f"第{number}次")
    monkeypatch.setattr(packs, "MOST_RECORDS", 1)
    page = words(client.get(address))
    assert "超过一册的上限 1 份" in page
    assert "装订成 PDF" not in page
    answer = client.post(address, {"year": 2026, "ending": "pdf"}, follow=True)
    assert "共 2 份记录，超过一册的上限 1 份" in words(answer)
    assert not MadeDocument.objects.exists()


def test_right_that_ended_meanwhile_gives_nothing(zone: Zone) -> None:
    people(zone.branch, "甲")
    write(zone)
    row = ask(zone, "dahuangshan")
    RoleGrant.objects.filter(user=zone.users["dahuangshan"]).update(valid_to=DAY)
    effects.run_due()
    row.refresh_from_db()
    assert row.state == State.FAILED
    assert not AuditEntry.objects.filter(verb="life.binder.export").exists()


def test_only_branches_have_one(zone: Zone) -> None:
    client = zone.client("dahuangshan")
    for place in (zone.street, zone.general, zone.neighbour_branch):
        address = reverse("life:binder", args=[place.pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {"year": 2026}).status_code == 404

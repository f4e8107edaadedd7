"""Ledgers of organisation life: what they say, to whom, what they cost, in every form alike."""

import datetime as dt
import html
import io
import uuid
from collections.abc import Iterator
from typing import Any

import docx
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from core import clock, effects
from core.models import AuditEntry, MadeDocument
from core.tabular.writing import Column
from orgs.enums import OrganizationKind
from orgs.models import Organization
from schedules.life import ledgers, packs
from schedules.life.actions import meetings
from schedules.life.actions.meetings import Mark, Written
from schedules.life.enums import AbsenceReason, MeetingKind, Presence
from schedules.life.exports.ledgers import is_short
from schedules.life.ledgers import Ledger, Line, Stretches
from schedules.life.models import Attendance, GroupMembership, Meeting, MeetingUnit
from schedules.life.queries.absences import is_told_reasons
from schedules.life.queries.rolls import roll_of
from schedules.life.views import ledgers as views

from .test_exports_reports import body, sheet
from .test_life_pages import DAY, HERE, ILL, NOW, people, photograph, words, write
from .world import START, Zone, make_organization

NO_LEAVE = Mark(Presence.ABSENT, AbsenceReason.NONE)
PAGE, PAGE_NONE = 11, 7  # queries of a ledger's page with lines, and without
LIST = 7


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with clock.at(NOW):
        yield


def at(name: str, *args: str, place: Organization | None = None, **query: Any) -> str:
    asked = {**({"organization": place.pk} if place else {}), **query}
    address = reverse(f"life:ledger-{name}", args=args)
    return f"{address}?{'&'.join(f'{key}={value}' for key, value in asked.items())}"


def lines(
    zone: Zone, who: str, place: Organization, key: str = "meetings", year: int = 2026
) -> Any:
    return ledgers.registered()[key].rows(zone.actor(who), place, year)


def column(key: str, title: str) -> int:
    return [one.title for one in ledgers.registered()[key].columns].index(title)


def values(
    zone: Zone, who: str, place: Organization, title: str, key: str = "meetings"
) -> list[Any]:
    place_of = column(key, title)
    return [line.values[place_of] for line in lines(zone, who, place, key)]


def text_of(content: bytes, ending: str) -> str:
    if ending == "pdf":
        found = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        return found.replace("\n", "")
    made = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in made.paragraphs), *cells])


def cost(client: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


# --- what they cost ---------------------------------------------------------------------------


def test_page_costs_the_same_for_one_and_three_for_one_branch_and_many(zone: Zone) -> None:
    client, address = zone.client("huzhuang"), at("detail", "meetings")
    assert cost(client, address) == PAGE_NONE
    people(zone.branch, "甲")
    people(zone.branch2, "乙", "丙")
    photograph(write(zone, mark=ILL), "照片.jpg")
    one = cost(client, address)
    for number in range(2):
        photograph(write(zone, mark=ILL, topic=f"第{number}次"), f"{number}.jpg")
    assert words(client.get(address)).count("（病假）") == 3
    assert cost(client, address) == one == PAGE
    write(zone, zone.branch2, "huzhuang2", mark=ILL)
    assert words(client.get(address)).count("（病假）") == 5, "three and the two of the neighbour"
    assert cost(client, address) == PAGE


@pytest.mark.parametrize("key", ["party-days", "life-meetings"])
def test_other_ledgers_cost_the_same_for_one_and_three(zone: Zone, key: str) -> None:
    kind = {"party-days": MeetingKind.PARTY_DAY, "life-meetings": MeetingKind.LIFE_MEETING}[key]
    people(zone.branch, "甲")
    client, address = zone.client("huzhuang1"), at("detail", key)

    def shown(count: int) -> int:
        while len(lines(zone, "huzhuang1", zone.branch, key)) < count:
            record = write(zone, kind=kind, mark=ILL, topic=f"题目{Meeting.objects.count()}")
            photograph(record, "照片.jpg")
        assert words(client.get(address)).count("照片 1 张") == count
        return cost(client, address)

    # Which adds nothing up asks one time less.
    assert shown(1) == shown(3) == PAGE - (key == "party-days")


def test_lists_of_ledgers_cost_the_same_for_two_branches_and_five(zone: Zone) -> None:
    client, address = zone.client("huzhuang"), at("list")
    assert cost(client, address) == LIST
    for number in range(3):
        make_organization(f"湖庄村第{number}新支部", parent=zone.general)
    assert words(client.get(address)).count("新支部</a>") == 3
    assert cost(client, address) == LIST


def test_whole_ledger_is_read_in_stretches_of_a_fixed_number(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(zone.branch, "甲")
    for number in range(5):
        write(zone, mark=ILL, topic=f"第{number}次", held_on=DAY - dt.timedelta(days=number))
    found = lines(zone, "huzhuang1", zone.branch)
    topic = column("meetings", "主题")
    whole = [line.values[topic] for line in found]
    assert whole == [f"第{number}次" for number in (4, 3, 2, 1, 0)]
    monkeypatch.setattr(ledgers, "STRETCH", 2)
    with CaptureQueriesContext(connection) as queries:
        again = list(found)
    assert len(queries) == 2 + 4 * 3, "how many, in which order, and four for each stretch"
    assert [line.values[topic] for line in again] == whole
    assert [line.values[0] for line in again] == [1, 2, 3, 4, 5]
    assert [line.values[0] for line in found[3:9]] == [4, 5]
    assert (found[-1].values[0], found[0].values[topic]) == (5, "第4次")
    assert found[5:] == []
    with pytest.raises(IndexError):
        found[5]


# --- what they say ----------------------------------------------------------------------------


def test_line_holds_what_staff_expect(zone: Zone) -> None:
    people(zone.branch, "甲")
    record = write(
        zone,
        mark=NO_LEAVE,
        kind=MeetingKind.LESSON,
        starts_at=dt.time(15),
        ends_at=dt.time(16, 5),
        place="党员活动室",
        chair_name="蔡航国",
        recorder_name="李娜",
        speaker_name="王磊",
        guests="街道组织办",
        is_on_paper=True,
    )
    (line,) = lines(zone, "huzhuang1", zone.branch)
    titles = [one.title for one in ledgers.registered()["meetings"].columns]
    assert dict(zip(titles, line.values, strict=True)) == {
        "序号": 1,
        "支部": "湖庄村第一支部",
        "时间": "2026年6月10日\n15:00—16:05",
        "类别": "党课",
        "地点": "党员活动室",
        "主持人": "蔡航国",
        "记录人": "李娜",
        "主题": "第二季度支部党员大会",
        "应到": 1,
        "实到": 0,
        "缺席及原因": "甲（没有请假）",
        "补课情况": "已补 0 / 1 人，还有 1 人没补",
        "备注": "讲课人：王磊；列席：街道组织办；以纸质记录为准；2026年7月6日补记",
    }
    assert line.url == record.get_absolute_url()


def test_only_what_counts_today_and_of_the_year(zone: Zone) -> None:
    people(zone.branch, "甲")
    by = zone.actor("huzhuang1")
    write(zone, topic="留下的")
    gone = write(zone, topic="撤回的")
    meetings.withdraw(meeting=gone, reason="登错了", by=by)
    old = write(zone, topic="改以前的", held_on=DAY - dt.timedelta(days=1))
    newer = Written(kind=MeetingKind.GENERAL_MEETING, held_on=old.held_on, topic="改以后的")
    marks = dict.fromkeys(
        Attendance.objects.filter(meeting=old).values_list("member", flat=True), HERE
    )
    meetings.rewrite(meeting=old, version=1, units=[zone.branch], written=newer, marks=marks, by=by)
    write(zone, topic="去年的", held_on=dt.date(2025, 12, 31))
    write(zone, topic="主题党日", kind=MeetingKind.PARTY_DAY)
    assert values(zone, "huzhuang1", zone.branch, "主题") == ["改以后的", "留下的"]
    assert [one.values[7] for one in lines(zone, "huzhuang1", zone.branch, year=2025)] == ["去年的"]
    assert values(zone, "huzhuang1", zone.branch, "主题", "party-days") == ["主题党日"]


def test_party_day_tells_form_result_and_materials(zone: Zone) -> None:
    people(zone.branch, "甲")
    people(zone.branch2, "乙")
    record = write(
        zone,
        kind=MeetingKind.PARTY_DAY,
        study_minutes=100,
        summary="清理河道。" * 60,
        is_on_paper=True,
    )
    for name in ("1.jpg", "2.jpg"):
        photograph(record, name)
    key = "party-days"
    assert values(zone, "huzhuang1", zone.branch, "形式", key) == ["支部开展，学习 100 分钟"]
    assert values(zone, "huzhuang1", zone.branch, "材料", key) == ["照片 2 张，以纸质记录为准"]
    (result,) = values(zone, "huzhuang1", zone.branch, "成效", key)
    assert (len(result), result[-1]) == (200, "…")
    MeetingUnit.objects.create(
        meeting=record, organization=zone.branch2, expected_count=1, present_count=1, extra_count=2
    )
    assert values(zone, "huzhuang2", zone.branch2, "形式", key) == ["联合开展，学习 100 分钟"]
    assert values(zone, "huzhuang2", zone.branch2, "参加人数", key) == [3]


def test_groups_meeting_stands_in_the_branchs_ledger(zone: Zone) -> None:
    (member,) = people(zone.branch, "甲")
    group = make_organization(
        "第一党小组", OrganizationKind.PARTY_GROUP, zone.branch, short_name="第一党小组"
    )
    GroupMembership.objects.create(group=group, member=member, since=START)
    roll = roll_of(group, MeetingKind.GROUP_MEETING, DAY)
    meetings.record(
        uid=uuid.uuid4(),
        units=[group],
        written=Written(kind=MeetingKind.GROUP_MEETING, held_on=DAY, topic="小组学习"),
        marks={one.member_id: ILL for one in roll.expected},
        by=zone.actor("huzhuang"),
    )
    assert values(zone, "huzhuang", zone.branch, "类别") == ["党小组会（第一党小组）"]
    assert values(zone, "dahuangshan", zone.street, "支部") == ["湖庄村第一支部第一党小组"]
    # The level above the branch looks after its group too.
    said = [values(zone, who, zone.branch, "缺席及原因")[0] for who in ("huzhuang", "dahuangshan")]
    assert said == ["甲（病假）", "甲（请假）"]
    assert is_told_reasons(zone.actor("huzhuang1"), group)


def test_sheet_has_title_unit_sums_and_no_empty_cell(zone: Zone) -> None:
    people(zone.branch, "甲", "乙")
    people(zone.branch2, "丙")
    write(zone, mark=ILL)
    write(zone, topic="第二次")
    write(zone, zone.branch2, "huzhuang2", topic="二支部的")
    rows = sheet(zone.client("huzhuang").get(at("export", "meetings", "xlsx")))
    assert rows[0][0] == "2026年三会一课台账"
    assert "填报单位：中共大黄山街道湖庄村总支部委员会" in rows[1][0]
    assert "共 3 次" in rows[1][0]
    assert "填报时间：2026年7月6日" in rows[1][0]
    assert rows[2][:4] == ["序号", "支部", "时间", "类别"]
    body_rows = rows[3:6]
    assert [row[1] for row in body_rows] == ["湖庄村第一支部", "湖庄村第一支部", "湖庄村第二支部"]
    assert all(cell not in (None, "") for row in body_rows for cell in row)
    assert [row[10] for row in body_rows][1:] == ["无", "无"]
    assert [row[11] for row in body_rows] == ["已补 0 / 2 人，还有 2 人没补", "—", "—"]
    assert (rows[6][0], rows[6][8], rows[6][9]) == ("合计", 5, 3)
    assert rows[7][0] == "负责人（签字）："
    # One branch alone is not told apart from others.
    alone = sheet(zone.client("huzhuang1").get(at("export", "meetings", "xlsx")))
    assert alone[2][:3] == ["序号", "时间", "类别"]
    assert (alone[5][0], alone[5][7], alone[5][8]) == ("合计", 4, 2)


def test_every_form_says_the_same(zone: Zone) -> None:
    people(zone.branch, "甲")
    write(zone, mark=ILL, topic="讨论换届")
    client = zone.client("huzhuang1")
    told = [
        words(client.get(at("detail", "meetings"))),
        words(client.get(at("print", "meetings"))),
        *(
            text_of(body(client.get(at("export", "meetings", ending))), ending)
            for ending in ("docx", "pdf")
        ),
    ]
    for text in told:
        for part in ("三会一课台账", "讨论换届", "甲（病假）", "共 1 次", "合计"):
            assert part in text
    for text in told[1:]:
        assert "负责人（签字）" in text
        assert "填报单位：中共大黄山街道湖庄村第一支部委员会" in text
    exports = AuditEntry.objects.filter(verb="life.ledger.export")
    assert [one.changes["format"][1] for one in exports.order_by("sequence")] == ["docx", "pdf"]
    assert {one.organization_path for one in exports} == {zone.branch.path}


def test_ledger_of_nothing_is_a_form_all_the_same(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    assert "这一年还没有" in words(client.get(at("detail", "meetings", year=2025)))
    printed = text_of(body(client.get(at("export", "meetings", "docx", year=2025))), "docx")
    assert "无" in printed
    assert "2025年三会一课台账" in printed
    # A year that is not offered is this one.
    assert "2026年" in words(client.get(at("detail", "meetings", year=1999)))


# --- who is told what -------------------------------------------------------------------------


def test_reason_is_for_the_branch_and_the_level_above(zone: Zone) -> None:
    people(zone.branch, "甲")
    record = write(zone, mark=ILL)
    write(zone, mark=NO_LEAVE, topic="没有请假的一次")
    detail = reverse("life:meeting-detail", args=[record.uid])
    paper = reverse("life:meeting-paper", args=[record.uid, "docx"])
    form = reverse("life:meeting-print", args=[record.uid])
    binder = packs.wanted_binder(zone.branch, 2026, "docx")
    for who, is_told in (
        *(("huzhuang1", True), ("officer", True), ("huzhuang", True)),
        *(("dahuangshan", False), ("zone", False), ("committee", False)),
    ):
        client, actor = zone.client(who), zone.actor(who)
        target = io.BytesIO()
        packs.make_binder(target, binder.what, actor, lambda *how: None)
        rows = sheet(client.get(at("export", "meetings", "xlsx", place=zone.branch)))
        told = {
            "ledger": words(client.get(at("detail", "meetings", place=zone.branch))),
            "print": words(client.get(at("print", "meetings", place=zone.branch))),
            "sheet": "".join(str(cell) for row in rows for cell in row),
            "record": words(client.get(detail)),
            "form": words(client.get(form)),
            "paper": text_of(body(client.get(paper)), "docx"),
            "binder": text_of(target.getvalue(), "docx"),
        }
        found = {name: "病假" in text for name, text in told.items()}
        assert found == dict.fromkeys(told, is_told), who
        for name in ("ledger", "print", "sheet", "binder"):
            assert "甲（没有请假）" in told[name]
            assert is_told or "甲（请假）" in told[name]


def test_neighbours_ledgers_are_nowhere(zone: Zone) -> None:
    people(zone.neighbour_branch, "邻人")
    people(zone.branch, "甲")
    theirs = write(zone, zone.neighbour_branch, "taoyuan1", mark=ILL, topic="邻居的大会")
    write(zone, topic="自己的大会")
    for who in ("huzhuang1", "dahuangshan"):
        client = zone.client(who)
        for address in (
            at("list", place=zone.neighbour_branch),
            at("detail", "meetings", place=zone.neighbour_branch),
            at("print", "meetings", place=zone.neighbour_branch),
            *(
                at("export", "meetings", ending, place=zone.neighbour_branch)
                for ending in ("xlsx", "docx", "pdf")
            ),
            reverse("life:meeting-print", args=[theirs.uid]),
            reverse("life:meeting-paper", args=[theirs.uid, "pdf"]),
            reverse("life:binder", args=[zone.neighbour_branch.pk]),
        ):
            assert client.get(address).status_code == 404, address
        for address in (
            at("export", "meetings", "xlsx"),
            reverse("life:binder", args=[zone.neighbour_branch.pk]),
        ):
            given = {"organization": zone.neighbour_branch.pk, "year": "2026", "ending": "pdf"}
            assert client.post(address, given).status_code == 404
        own = words(client.get(at("detail", "meetings")))
        assert "自己的大会" in own
        assert "邻居" not in own
        assert "邻人" not in own
        rows = sheet(client.get(at("export", "meetings", "xlsx")))
        assert "邻居的大会" not in str(rows)
    page = words(zone.client("dahuangshan").get(at("list", q="第一支部")))
    assert "湖庄村第一支部</a>" in page
    assert "桃园" not in page
    # The branch is not led to the ledgers above it.
    assert zone.client("huzhuang1").get(at("list", place=zone.general)).status_code == 404
    assert not MadeDocument.objects.exists()


def test_list_leads_down_and_up_and_finds_by_name(zone: Zone) -> None:
    client = zone.client("dahuangshan")
    page = words(client.get(at("list")))
    assert "湖庄村党总支</a>" in page
    assert "第一支部" not in page, "one level at a time"
    page = words(client.get(at("list", q="第一支部")))
    assert "湖庄村第一支部</a>" in page
    assert reverse("life:binder", args=[zone.branch.pk]) in page
    page = words(client.get(at("list", place=zone.branch)))
    assert "组织生活档案" in page
    assert f"?organization={zone.general.pk}&" in page
    assert "没有叫这个名称的" in words(client.get(at("list", q="没有的名称")))


# --- long ones --------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["xlsx", "docx", "pdf"])
def test_long_one_is_asked_for_and_made_behind(
    zone: Zone, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr(packs, "LONG", dict.fromkeys(packs.LONG, 1))
    people(zone.branch, "甲")
    for topic in ("第一次", "第二次"):
        write(zone, topic=topic, mark=ILL)
    client, address = zone.client("huzhuang"), at("export", "meetings", ending)
    assert "共 2 次，需要一些时间" in words(client.get(address))
    assert not MadeDocument.objects.exists()
    answer = client.post(address, {"organization": zone.general.pk, "year": 2026}, follow=True)
    assert "等待生成" in words(answer)
    effects.run_due()
    row = MadeDocument.objects.get()
    got = body(client.get(reverse("core:document-file", args=[row.uid])))
    if ending == "xlsx":
        assert got[:2] == b"PK"
    else:
        assert "甲（病假）" in text_of(got, ending)
    assert AuditEntry.objects.filter(verb="life.ledger.export").count() == 1
    # Once more: the same document.
    client.post(address, {"organization": zone.general.pk, "year": 2026})
    assert MadeDocument.objects.count() == 1


def test_endless_one_is_refused_with_a_way_out(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "MOST", {"xlsx": 5, "docx": 1, "pdf": 1})
    monkeypatch.setattr(views, "LONG_PRINT", 1)
    people(zone.branch, "甲")
    for topic in ("第一次", "第二次"):
        write(zone, topic=topic)
    client = zone.client("huzhuang1")
    answer = client.get(at("export", "meetings", "pdf"))
    assert answer.status_code == 400
    assert "超过一个文件的上限 1 行。请选择下级组织分别导出，或导出 Excel" in words(answer)
    client.post(at("export", "meetings", "pdf"), {"year": 2026})
    assert not MadeDocument.objects.exists()
    assert len(sheet(client.get(at("export", "meetings", "xlsx")))) > 4
    answer = client.get(at("print", "meetings"), follow=True)
    assert answer.redirect_chain[0][0].startswith(reverse("life:ledger-detail", args=["meetings"]))
    assert "共 2 行，网页上不便排版" in words(answer)


# --- ledgers of other areas -------------------------------------------------------------------


def test_plain_ledger_of_another_area_needs_nothing_else(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is registered with a list of lines alone has page, print and files."""
    monkeypatch.setattr(ledgers, "_ledgers", dict(ledgers.registered()))
    evil = '<b onclick="x">题</b>'
    ledgers.register(
        Ledger(
            key="plain",
            title="另一本台账",
            columns=(Column("序号", "integer", 6), Column("事项"), Column("日期", "date", 12)),
            rows=lambda actor, place, year: [
                Line((1, evil, dt.date(2026, 3, 1)), "/life/"),
                Line((2, None, None)),
            ],
            order=99,
        )
    )
    client = zone.client("huzhuang1")
    page = client.get(at("detail", "plain")).content.decode()
    assert html.escape(evil) in page
    assert 'href="/life/"' in page
    assert "2026年3月1日" in page
    assert "共 2 条" in page
    assert sheet(client.get(at("export", "plain", "xlsx")))[4][:3] == [2, "—", "—"]
    assert "另一本台账" in words(client.get(at("list")))
    assert "另一本台账" in text_of(body(client.get(at("export", "plain", "pdf"))), "pdf")
    with pytest.raises(ValueError, match="registered already"):
        ledgers.register(ledgers.registered()["plain"])
    assert not isinstance(lines(zone, "huzhuang1", zone.branch, "plain"), Stretches)


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        ("2026年11月27日", True),
        ("2026年11月27日\n09:30—11:30", True),
        ("支部党员大会", True),
        ("欧阳冬霞", True),
        ("村党群服务中心会议室", False),
        ("", True),
    ],
)
def test_days_and_names_stand_whole_and_places_may_break(text: str, is_whole: bool) -> None:
    assert is_short(text) == is_whole

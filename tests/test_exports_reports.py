"""Reports on paper and as files: what was sent, in the layouts that staff expect."""

import io
import zipfile
from typing import Any
from urllib.parse import unquote

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx.shared import Mm
from openpyxl import load_workbook

from core import clock
from core.actor import system
from core.documents.word import BODY_FONT, HEAD_FONT, TITLE_FONT, OfficialDocument
from core.downloads import file_name
from core.models import AuditEntry
from orgs.models import OfficeHolding
from schedules.rounds.actions import phases, rollups
from schedules.rounds.models import Report
from tests.test_reports import JULY_8, check, open_june, report_of, send
from tests.world import START, Zone, make_member, make_organization

MONTH = {"period": "2026-06"}
FORMULA = '=HYPERLINK("http://evil.example","点我")'


@pytest.fixture
def june(zone: Zone) -> Zone:
    make_member(zone.branch)
    make_member(zone.branch, "李四")
    OfficeHolding.objects.create(
        organization=zone.branch, person_name="蔡航国", post="secretary", started_on=START
    )
    open_june(zone)
    return zone


def body(response: Any) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def sheet(response: Any) -> list[list[Any]]:
    page = load_workbook(io.BytesIO(body(response))).active
    return [[cell.value for cell in row] for row in page.iter_rows()]


def words(response: Any) -> str:
    document = docx.Document(io.BytesIO(body(response)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_month_is_a_sheet_with_one_row_a_report(june: Zone) -> None:
    send(june, "huzhuang1", at=JULY_8)
    with clock.at(JULY_8):
        phases.pass_moments(by=system())
    rollups.refresh_all()
    rows = sheet(june.client("dahuangshan").get("/reports/month/export/", MONTH))
    head = next(index for index, row in enumerate(rows) if row[0] == "序号")
    titles = [below or above for above, below in zip(rows[head], rows[head + 1], strict=True)]
    data = {row[1]: dict(zip(titles, row, strict=True)) for row in rows[head + 2 :]}
    mine = data["中共大黄山街道湖庄村第一支部委员会"]
    assert mine["状态"] == "待核"
    assert mine["是否迟报"] == "是"
    assert mine["首次报送"] == "2026年7月8日 09:00"
    assert mine["在册党员"] == 2
    assert mine["工作亮点"] == "带岗带责进网格"
    assert mine["突出问题与需要协调的事项"] == "活动室屋顶渗水"
    other = data["中共大黄山街道湖庄村第二支部委员会"]
    assert other["状态"] == "未报"
    assert other["在册党员"] is other["下月打算"] is other["首次报送"] is None
    assert not any("金山桥" in str(row) for row in rows)


def test_draft_of_another_is_in_no_file_and_on_no_page(june: Zone) -> None:
    item = report_of(june.branch).items.get(key="problems")
    item.value = {"text": "还没写完的草稿"}
    item.save()
    client, pk = june.client("dahuangshan"), report_of(june.branch).pk
    assert "草稿" not in str(sheet(client.get("/reports/month/export/", MONTH)))
    assert "草稿" not in words(client.get("/reports/month/docx/", MONTH))
    assert "没写完" not in words(client.get(f"/reports/{pk}/docx/"))
    assert "没写完" not in str(sheet(client.get(f"/reports/{pk}/xlsx/")))
    for path in (f"/reports/{pk}/print/", "/reports/month/print/?period=2026-06"):
        assert "没写完" not in client.get(path).content.decode()
    own = june.client("huzhuang1")
    assert "还没写完的草稿" in words(own.get(f"/reports/{pk}/docx/"))
    assert "还没写完的草稿" in own.get(f"/reports/{pk}/print/").content.decode()


def test_returned_item_is_printed_as_it_was_sent(june: Zone) -> None:
    check(june, send(june, "huzhuang1"), "huzhuang", problems="请写明牵头人")
    report = report_of(june.branch)
    item = report.items.get(key="problems")
    item.value = {"text": "改到一半"}
    item.save()
    page = june.client("dahuangshan").get(f"/reports/{report.pk}/print/").content.decode()
    assert "活动室屋顶渗水" in page
    assert "改到一半" not in page


def test_text_that_looks_like_a_formula_stays_text(june: Zone) -> None:
    send(june, "huzhuang1", problems=FORMULA, highlights=["+1", "@SUM(A1)"])
    for path in ("/reports/month/export/", f"/reports/{report_of(june.branch).pk}/xlsx/"):
        data = body(june.client("dahuangshan").get(path, MONTH))
        page = load_workbook(io.BytesIO(data)).active
        found = [cell for row in page.iter_rows() for cell in row if cell.value == FORMULA]
        assert [cell.data_type for cell in found] == ["s"]
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
            assert not any("hyperlink" in name.lower() for name in book.namelist())


def test_matrix_is_a_sheet(june: Zone) -> None:
    send(june, "huzhuang1")
    rows = sheet(june.client("dahuangshan").get("/reports/export/", {**MONTH, "months": "3"}))
    head = next(index for index, row in enumerate(rows) if row[0] == "序号")
    assert rows[head + 1][3:6] == ["4月", "5月", "6月"]
    found = {str(row[1]).strip("　"): row for row in rows[head + 2 :]}
    assert found["湖庄村第一支部"][2:6] == ["蔡航国", "—", "—", "待核"]
    assert found["湖庄村党总支"][5] == "1/3 待2"
    shown = sheet(
        june.client("dahuangshan").get("/reports/export/", {**MONTH, "state": "submitted"})
    )
    assert "湖庄村第二支部" not in str(shown)


def test_document_has_the_layout_of_the_standard(june: Zone) -> None:
    send(june, "huzhuang1")
    data = body(june.client("dahuangshan").get(f"/reports/{report_of(june.branch).pk}/docx/"))
    document = docx.Document(io.BytesIO(data))
    (section,) = document.sections
    margins = (
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )
    for found, wanted in zip(margins, (37, 35, 28, 26), strict=True):
        assert abs(found - Mm(wanted)) < Mm(0.1)
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    sizes = {
        name: (
            document.styles[f"Portal {name}"].font.name,
            document.styles[f"Portal {name}"].font.size.pt,
        )
        for name in ("title", "heading", "body")
    }
    assert sizes == {"title": (TITLE_FONT, 22), "heading": (HEAD_FONT, 16), "body": (BODY_FONT, 16)}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        fonts = package.read("word/fontTable.xml").decode()
        assert '<w:font w:name="方正小标宋简体"><w:altName w:val="宋体"/>' in fonts
        assert b"PAGE" in package.read("word/footer1.xml")
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for word in (
        "填报单位：中共大黄山街道湖庄村第一支部委员会",
        "负责人：蔡航国",
        "填表人：",
        "联系电话：",
    ):
        assert word in text
    assert "填报时间：2026年7月6日" in text
    assert "一、本月数据" in text
    assert "活动室屋顶渗水" in text
    assert document.tables[0].rows[1].cells[1].text == "2人"


def test_document_of_the_month_says_who_is_missing_and_late(june: Zone) -> None:
    send(june, "huzhuang1", at=JULY_8)
    with clock.at(JULY_8):
        phases.pass_moments(by=system())
    text = words(june.client("dahuangshan").get("/reports/month/docx/", MONTH))
    assert "应报 4 份，已报 1 份" in text
    assert "未报 3 个：大黄山街道、湖庄村党总支、湖庄村第二支部。" in text
    assert "迟报 1 个：湖庄村第一支部。" in text
    assert "下月打算：七一主题党日。" in text


def test_document_holds_whatever_people_type() -> None:
    document = OfficialDocument("a\x00\ud800&<b>")
    document.title("甲\x07乙")
    document.paragraph("第一段\x00\n\n第二段 & <b>")
    document.table([["甲", "乙\x0b"]], widths_mm=(50, 50))
    target = io.BytesIO()
    document.save(target)
    found = [paragraph.text for paragraph in docx.Document(target).paragraphs]
    assert found[-2:] == ["第一段", "第二段 & <b>"]


def test_print_page_has_the_head_and_escapes(june: Zone) -> None:
    send(june, "huzhuang1", problems="<script>alert(1)</script>")
    page = june.client("huzhuang").get(f"/reports/{report_of(june.branch).pk}/print/")
    text = page.content.decode()
    for word in ("填报单位", "负责人", "填表人", "联系电话", "填报时间", "负责人（签字）"):
        assert word in text
    assert "<script>alert" not in text
    month = june.client("huzhuang").get("/reports/month/print/", MONTH).content.decode()
    assert "<script>alert" not in month
    assert "应报 3 份，已报 1 份" in month


def test_export_is_in_the_audit_trail_before_it_leaves(june: Zone) -> None:
    june.client("dahuangshan").get("/reports/month/export/", MONTH)
    entry = AuditEntry.objects.get(verb="schedules.report.export")
    assert entry.organization_id == june.street.pk
    assert entry.object_label == "大黄山街道-2026年6月月报"


def test_file_name_is_encoded_and_harmless(june: Zone) -> None:
    june.street.short_name = '大黄山/..\\街道"\r\n\u202e;x'
    june.street.save()
    response = june.client("dahuangshan").get("/reports/month/export/", MONTH)
    header = response["Content-Disposition"]
    assert "\n" not in header
    encoded = header.split("filename*=utf-8''")[1]
    assert unquote(encoded) == "大黄山..街道;x-2026年6月月报.xlsx"
    assert header.isascii()
    assert file_name("", "///", ending="docx") == "报表.docx"
    assert file_name("甲", "\ud800..", ending="docx") == "甲.docx"


@pytest.mark.parametrize("page", ["print", "docx", "xlsx"])
def test_report_of_a_neighbour_is_not_there(june: Zone, page: str) -> None:
    path = f"/reports/{report_of(june.branch).pk}/{page}/"
    for username in ("jinshanqiao", "taoyuan1", "huzhuang2", "sysadmin"):
        assert june.client(username).get(path).status_code == 404
    assert june.client("zone").get(path).status_code == 200


@pytest.mark.parametrize("page", ["/reports/month/print/", "/reports/month/export/"])
def test_month_asks_the_database_as_often_for_many_reports(june: Zone, page: str) -> None:
    def count() -> int:
        client = june.client("dahuangshan")
        client.get(page, MONTH)
        with CaptureQueriesContext(connection) as context:
            client.get(page, MONTH)
        return len(context)

    send(june, "huzhuang1")
    few = count()
    for number in range(3):
        make_organization(f"第{number}支部", parent=june.general)
    open_june(june)
    send(june, "huzhuang2")
    assert Report.objects.filter(period="2026-06").count() == 9
    assert count() == few

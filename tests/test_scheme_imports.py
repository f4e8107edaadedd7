"""A draft replaced by a sheet: what is shown first, what is written, by whom, once."""

import datetime as dt
import io
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.schemes import imports
from assessments.schemes.actions import versions
from assessments.schemes.definitions import leaves
from assessments.schemes.models import SchemeImport, SchemeStep, SchemeVersion
from core import clock, effects
from core.models import AuditEntry
from core.views.pasting import BAR
from orgs.models import Organization, RoleGrant

from .scheme_tables import HEAD, T1_HEAD, T1_ROWS, T5_ROWS, book, upload_of
from .world import Zone

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
LINE = ("组织生活", "主题党日", "按月开展", 5, "每缺1次扣1分")


@pytest.fixture(autouse=True)
def in_july(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    with clock.at(NOW):
        yield


@pytest.fixture
def draft(zone: Zone) -> SchemeVersion:
    return make_draft(zone, zone.street, "dahuangshan")


def make_draft(zone: Zone, place: Organization, who: str) -> SchemeVersion:
    return versions.create(
        organization=place,
        year=2026,
        level="branch",
        name="村党支部",
        classes=["village"],
        by=zone.actor(who),
    )


def upload(zone: Zone, draft: SchemeVersion, content: bytes, who: str = "dahuangshan") -> Any:
    """Uploads the sheet and reads it in the background."""
    address = reverse("schemes:import", args=[draft.uid])
    answer = zone.client(who).post(address, {"file": upload_of(content)})
    assert answer.status_code == 302, answer.content.decode()
    effects.run_due()
    return SchemeImport.objects.latest("pk")


def confirm(zone: Zone, batch: SchemeImport, who: str = "dahuangshan") -> SchemeImport:
    zone.client(who).post(reverse("schemes:import-confirm", args=[batch.uid]))
    effects.run_due()
    batch.refresh_from_db()
    return batch


def counts(batch: SchemeImport) -> tuple[int, ...]:
    return tuple(batch.counts[name] for name in ("new", "changed", "unchanged", "errors"))


def page_of(zone: Zone, batch: SchemeImport, who: str = "dahuangshan") -> str:
    answer = zone.client(who).get(batch.get_absolute_url())
    assert answer.status_code == 200
    return str(answer.content.decode())


def names_of(draft: SchemeVersion) -> list[str]:
    draft.refresh_from_db()
    return [leaf.name for leaf in leaves(draft.content)]


def test_sheet_is_shown_then_written_once(zone: Zone, draft: SchemeVersion) -> None:
    batch = upload(zone, draft, book(T1_ROWS, T1_HEAD))
    assert counts(batch) == (7, 0, 0, 0)
    assert names_of(draft) == []  # shown first
    page = page_of(zone, batch)
    for words in (
        "三会一课、民主评议党员、党务公开未落实的，每项扣2分",
        "三会一课扣2分；民主评议党员扣2分；党务公开扣2分",
        "人工评分",
        "确认写入草案",
    ):
        assert words in page
    batch = confirm(zone, batch)
    assert batch.state == "applied"
    assert (names_of(draft)[0], len(names_of(draft))) == ("党组织带头人", 7)
    step = SchemeStep.objects.get(version=draft, kind="import")
    assert step.text == "7 项指标"
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"schemes.import.upload", "schemes.import.apply", "schemes.version.save"} <= verbs
    # The same sheet again, saved anew: nothing is written, also when it is confirmed by hand.
    revision = draft.revision
    again = upload(zone, draft, book(T1_ROWS, T1_HEAD, title="另存"))
    assert counts(again) == (0, 0, 7, 0)
    assert "与草案一致" in page_of(zone, again)
    confirm(zone, again)
    draft.refresh_from_db()
    assert draft.revision == revision


def test_what_is_not_understood_is_said_before_anything_is_written(
    zone: Zone, draft: SchemeVersion
) -> None:
    batch = upload(zone, draft, book([(*LINE[:4], "按完成率计分")]))
    page = page_of(zone, batch)
    assert "人工评分，未识别评分标准" in page
    assert "不认识“按完成率计分”" in page
    confirm(zone, batch)
    draft.refresh_from_db()
    (leaf,) = leaves(draft.content)
    assert leaf.node["rules"] == [{"rule": "discretion", "params": {"bound": "5"}}]
    assert leaf.node["standard"] == "按完成率计分"


def test_the_confirmation_says_what_is_lost(zone: Zone, draft: SchemeVersion) -> None:
    confirm(zone, upload(zone, draft, book(T5_ROWS)))
    draft.refresh_from_db()
    content = dict(draft.content) | {"bands": [["好", "90"], ["差", "0"]]}
    versions.save(
        version=draft, revision=draft.revision, content=content, by=zone.actor("dahuangshan")
    )
    rows = [(*row[:4], "每缺1次扣1分") if row[1] == "党课" else row for row in T5_ROWS]
    without = [row for row in rows if row[1] != "支委会" and row[0] not in ("小计", "合计")]
    batch = upload(zone, draft, book(without))
    assert counts(batch) == (0, 2, 10, 0)
    page = page_of(zone, batch)
    assert "总分由 33 分变为 31 分" in page
    assert "“支委会”（2 分）表中没有" in page
    assert "表里没有写的（等次）" in page
    confirm(zone, batch)
    draft.refresh_from_db()
    assert draft.content["bands"] == [["好", "90"], ["差", "0"]]
    assert "支委会" not in names_of(draft)


@pytest.mark.parametrize(
    ("line", "cell", "words"),
    [
        ((*LINE[:3], "", LINE[4]), "D3", "请填这项指标的分值"),
        ((*LINE[:3], "若干", LINE[4]), "D3", "请填数字"),
        (("组织生活（6分）", *LINE[1:]), "A3", "各项相加是 5 分"),
        (("组织生活", "学习平台登录率", *LINE[2:]), "B3", "国办函〔2026〕12号"),
        ((*LINE[:2], "每月上传活动照片不少于3张", *LINE[3:]), "C3", "佐证从已有的记录里取"),
        ((*LINE[:4], "未在线时长达标扣1分"), "E3", "可用党员学时达标率"),
        ((*LINE, "扫码签到"), "F3", "由记录人点名"),
    ],
)
def test_what_is_wrong_is_said_at_its_cell_and_nothing_is_written(
    zone: Zone, draft: SchemeVersion, line: Any, cell: str, words: str
) -> None:
    batch = upload(zone, draft, book([line, ("队伍建设", "发展党员", "", 5, "酌情打分")]))
    (error,) = batch.errors
    assert f"{error['column']}{error['row']}" == cell
    assert words in error["wanted"]
    assert counts(batch)[:2] == (0, 0)
    page = page_of(zone, batch)
    assert "现在什么都没有写入" in page
    assert "确认写入草案" not in page
    confirm(zone, batch)
    batch.refresh_from_db()
    assert batch.state == "refused"
    assert names_of(draft) == []


def test_a_draft_that_somebody_has_changed_since_is_not_replaced(
    zone: Zone, draft: SchemeVersion
) -> None:
    batch = upload(zone, draft, book([LINE]))
    versions.save(
        version=draft,
        revision=draft.revision,
        content={**draft.content, "basis": "某办法"},
        by=zone.actor("dahuangshan"),
    )
    batch = confirm(zone, batch)
    assert (batch.state, batch.failure[:12]) == ("refused", "核对之后，草案又有人改过"[:12])
    assert names_of(draft) == []


def test_only_drafts_take_sheets(zone: Zone, draft: SchemeVersion) -> None:
    batch = upload(zone, draft, book([LINE]))
    versions.discard(version=draft, by=zone.actor("dahuangshan"))
    assert "已作废" in confirm(zone, batch).failure
    client = zone.client("dahuangshan")
    for address in ("schemes:import", "schemes:import-paste"):
        assert client.get(reverse(address, args=[draft.uid])).status_code == 409
    late = client.post(
        reverse("schemes:import", args=[draft.uid]), {"file": upload_of(book([LINE]))}
    )
    assert late.status_code == 409
    assert SchemeImport.objects.count() == 1


def test_whoever_may_write_no_more_writes_nothing(zone: Zone, draft: SchemeVersion) -> None:
    batch = upload(zone, draft, book([LINE]))
    zone.client("dahuangshan").post(reverse("schemes:import-confirm", args=[batch.uid]))
    RoleGrant.objects.filter(user=zone.users["dahuangshan"]).update(valid_to=dt.date(2026, 7, 1))
    effects.run_due()
    batch.refresh_from_db()
    assert batch.state == "refused"
    assert names_of(draft) == []


def test_neighbours_see_neither_the_draft_nor_its_sheets(zone: Zone, draft: SchemeVersion) -> None:
    batch = upload(zone, draft, book([("机密组", "内部指标", "", 5, "酌情打分")]))
    confirm(zone, batch)
    for who in ("jinshanqiao", "huzhuang1", "taoyuan1"):
        client = zone.client(who)
        for name in ("version", "version-sheet", "import", "import-paste"):
            answer = client.get(reverse(f"schemes:{name}", args=[draft.uid]))
            assert answer.status_code in (403, 404), (who, name)
        assert client.get(batch.get_absolute_url()).status_code in (403, 404)
    # A colleague above may read the draft; what another has uploaded stays his.
    assert zone.client("zone").get(batch.get_absolute_url()).status_code == 404
    theirs = make_draft(zone, zone.neighbour_street, "jinshanqiao")
    address = reverse("schemes:import", args=[theirs.uid])
    answer = zone.client("dahuangshan").post(address, {"file": upload_of(book([LINE]))})
    assert answer.status_code == 404
    assert names_of(theirs) == []


def test_a_published_scheme_is_exported_by_those_whom_it_measures(
    zone: Zone, draft: SchemeVersion
) -> None:
    confirm(zone, upload(zone, draft, book([("机密组", "内部指标", "", 5, "酌情打分")])))
    address = reverse("schemes:version-sheet", args=[draft.uid])
    assert zone.client("huzhuang1").get(address).status_code == 404
    SchemeVersion.objects.filter(pk=draft.pk).update(
        state="published", document_number="大黄山委〔2025〕9号", from_period="2026-H1"
    )
    answer = zone.client("huzhuang1").get(address)
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet["A1"].value == "2026年度考核细则（村党支部）"
    assert "大黄山委〔2025〕9号" in sheet["A2"].value
    assert "自2026年上半年起适用" in sheet["A2"].value
    assert [sheet.cell(4, column).value for column in (1, 2, 4, 5)] == [
        "机密组",
        "内部指标",
        5,
        "酌情打分",
    ]
    assert zone.client("jinshanqiao").get(address).status_code == 404
    entry = AuditEntry.objects.get(verb="schemes.version.sheet")
    assert entry.organization_id == zone.street.pk


def test_exported_and_brought_in_again_nothing_changes(zone: Zone, draft: SchemeVersion) -> None:
    confirm(zone, upload(zone, draft, book(T5_ROWS)))
    draft.refresh_from_db()
    answer = zone.client("dahuangshan").get(reverse("schemes:version-sheet", args=[draft.uid]))
    batch = upload(zone, draft, b"".join(answer.streaming_content))
    assert counts(batch) == (0, 0, 12, 0)
    template = zone.client("dahuangshan").get(reverse("schemes:import-template"))
    batch = upload(zone, draft, b"".join(template.streaming_content))
    assert (batch.state, "没有" in batch.failure) == ("refused", True)


def test_pasted_cells_are_a_sheet(zone: Zone, draft: SchemeVersion) -> None:
    client, address = zone.client("dahuangshan"), reverse("schemes:import-paste", args=[draft.uid])
    lines = [
        BAR.join(HEAD[:5]),
        BAR.join(map(str, LINE)),
        BAR.join(["", "党课", "", "5", "酌情打分"]),
    ]
    answer = client.post(address, {"cells": "\r\n".join(lines)})
    assert answer.status_code == 302
    effects.run_due()
    batch = SchemeImport.objects.get()
    assert (batch.file_name, counts(batch)) == ("粘贴的考核细则.xlsx", (2, 0, 0, 0))
    for text in ("", "一列", "\x00│x", f"一级指标{BAR}分值\n" * 700):
        answer = client.post(address, {"cells": text})
        assert answer.status_code in (302, 400, 422), text
    effects.run_due()
    assert not SchemeImport.objects.exclude(state__in=["read", "refused"]).exists()


def test_odd_cells_are_taken_or_refused_and_never_fail(zone: Zone, draft: SchemeVersion) -> None:
    odd = [
        ("组织\u200b生活", "主题\u202e党日", "按月\x0b开展", dt.date(2026, 5, 2), "每缺1次扣1分"),
        ("", "党课", "=HYPERLINK(1)", "=1/0", "酌情打分"),
        ("", dt.datetime(2026, 1, 1), 3.5, 1e300, True),
        ("", "", "", "", ""),
        ("", "甲" * 500, "乙" * 5000, 5, "丙" * 5000),
    ]
    made = openpyxl.load_workbook(io.BytesIO(book([])))
    for row in odd:
        made.active.append(
            [str(one).replace("\x0b", "") if isinstance(one, str) else one for one in row]
        )
    content = io.BytesIO()
    made.save(content)
    batch = upload(zone, draft, content.getvalue())
    assert batch.state == "read"
    assert {f"{error['column']}{error['row']}" for error in batch.errors} >= {
        "D3",
        "D4",
        "D5",
        "B7",
    }
    assert names_of(draft) == []


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_one_indicator_and_three(
    zone: Zone, draft: SchemeVersion, count: int
) -> None:
    rows = [("组织生活", f"第{place}项", "", 5, "每缺1次扣1分") for place in range(count)]
    for _ in range(count):
        batch = upload(zone, draft, book(rows, title=uuid.uuid4().hex))
    client = zone.client("dahuangshan")
    expected = {"detail": 5, "import": 6, "version": 8, "sheet": 9}
    confirm(zone, batch)
    addresses = {
        "detail": batch.get_absolute_url(),
        "import": reverse("schemes:import", args=[draft.uid]),
        "version": reverse("schemes:version", args=[draft.uid]),
        "sheet": reverse("schemes:version-sheet", args=[draft.uid]),
    }
    found = {}
    for name, address in addresses.items():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        found[name] = len(queries)
    assert found == expected


def test_a_sheet_is_compared_with_the_draft_it_was_uploaded_for_alone() -> None:
    with pytest.raises(TypeError):
        imports.IMPORTER.compare(None, None, lambda done, total: None)  # type: ignore[arg-type]

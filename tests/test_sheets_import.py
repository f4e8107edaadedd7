"""The rosters staff keep, and the traps in them."""

import cProfile
import datetime
import json
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook

from core.tabular.errors import CellError, SheetRefused
from core.tabular.marking import LIST_TITLE, mark_errors
from members.codes import EDUCATION, ETHNICITY, parse_education, parse_ethnicity, parse_sex
from members.sheets import read_members
from orgs.sheets import parents_first, read_organizations

DATA = Path(__file__).parent / "data"
EXPECTED = json.loads((DATA / "expected.json").read_text())
TODAY = datetime.date(2026, 7, 6)
STEPS_A_ROW = 400  # 230 today
BRANCH = "中共示例支部委员会"
HEAD = ["序号", "姓名", "公民身份号码", "人员类别", "入党时间", "转正时间", "所在党支部"]
ANNA = ["1", "张三", "11010519491231002X", "正式党员", "1999.07", "2000-07-01", BRANCH]
BOB = ["2", "李四", "320322199001011239", "预备党员", "2026-01-05", "无", BRANCH]


def sheet(path: Path, rows: list[list[object]], **options: object) -> Path:
    """Writes rows as they are: text as text, numbers as numbers."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, **options}) as book:
        page = book.add_worksheet()
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(line, place, value)
                elif isinstance(value, tuple):
                    page.write_formula(line, place, *value)
                elif value is not None:
                    page.write_number(line, place, value)
    return path


def members(path: Path, rows: list[list[object]], **options: object):
    return read_members(sheet(path / "m.xlsx", rows, **options), {BRANCH: 7}, today=TODAY)


@pytest.fixture(scope="module")
def organizations():
    return read_organizations(DATA / "organizations.xlsx", today=TODAY)


@pytest.fixture(scope="module")
def roster(organizations):
    known = {row.name: number for number, row in enumerate(organizations.rows)}
    return read_members(DATA / "members.xlsx", known, today=TODAY)


def test_rosters_give_exactly_what_is_expected(organizations, roster):
    assert {
        "organisations": len(organizations.rows),
        "members_good": len(roster.rows),
        "members_refused": roster.refused,
        "warnings": organizations.warned | roster.warned,
        "members_rows": roster.row_count,
    } == EXPECTED
    assert (organizations.refused, organizations.unknown_columns, roster.unknown_columns) == (
        {},
        (),
        (),
    )
    assert roster.as_of == datetime.date(2026, 6, 30)


def test_members_sheet_is_read_in_few_steps_a_row(organizations):
    """Calls of Python for each row: a step that looks through all rows again would be thousands."""
    known = {row.name: number for number, row in enumerate(organizations.rows)}
    profile = cProfile.Profile(builtins=False)
    read = profile.runcall(read_members, DATA / "members.xlsx", known, today=TODAY)
    calls = sum(entry.callcount for entry in profile.getstats())
    assert calls / read.row_count < STEPS_A_ROW


def test_organizations_sheet_row_values(organizations):
    row = organizations.rows[1]
    assert (row.name, row.kind, row.parent) == (
        "中共大黄山街道工作委员会", "direct_committee", "中共徐州经济技术开发区工作委员会",
    )  # fmt: skip
    assert (row.secretary, row.deputies, row.founded.value) == (
        "康红涛",
        (),
        datetime.date(2003, 3, 28),
    )
    assert organizations.rows[0].parent == ""
    assert organizations.rows[-1].counts == {"member_count": 23}
    places = {row.key: place for place, row in enumerate(parents_first(organizations.rows))}
    assert all(
        places[row.parent_key] < places[row.key] for row in organizations.rows if row.parent_key
    )


def test_members_sheet_names_and_numbers_normal(roster):
    assert not any(set(row.name) & set(" \u3000") for row in roster.rows)
    assert all(
        row.identity_number.isascii() and len(row.identity_number) == 18 for row in roster.rows
    )
    assert len({row.identity_number for row in roster.rows}) == len(roster.rows)


def test_errors_say_where_and_hide_numbers(roster):
    error = next(error for error in roster.errors if error.code == "unknown_organisation")
    assert (error.cell, error.row, error.column_title) == ("K539", 539, "所在党支部")
    assert "中共大黄山街道侯集村第三党支部X" in error.message
    for error in roster.errors:
        if error.column_letter == "E":
            assert "*" in error.found or error.found.startswith("数字")


def test_members_any_order_synonyms_and_extra_column(tmp_path):
    head = ["所属支部", "加入党组织日期", "姓 名", "党员类别", "身份证号", "爱好", "转正日期"]
    row = [BRANCH, "1999年7月", "张 三", "正式", "11010519491231002x", "读书", "2000/7/1"]
    parsed = members(tmp_path, [["某表"], [], head, row])
    (member,) = parsed.rows
    assert (member.name, member.organization, member.identity_number) == (
        "张三",
        7,
        "11010519491231002X",
    )
    assert (member.joined.value, member.joined.precision) == (datetime.date(1999, 7, 1), "month")
    assert (member.sex, member.birth_on) == ("2", datetime.date(1949, 12, 31))
    assert parsed.unknown_columns == (("Sheet1", "F", "爱好"),)


def test_members_ghost_rows_totals_signatures_skipped(tmp_path):
    rows = [
        ["党员花名册"], HEAD, ANNA, [" ", "\u3000"], ["党员花名册"], HEAD, ["3"], ["本页小计", "1人"], BOB,
        ["合 计", "2人"], ["负责人（签字）：", None, "填表人："], ["以上情况属实"],
    ]  # fmt: skip
    parsed = members(tmp_path, rows)
    assert [row.name for row in parsed.rows] == ["张三", "李四"]
    assert (parsed.row_count, parsed.errors) == (2, ())


def test_members_data_below_totals_never_lost(tmp_path):
    parsed = members(tmp_path, [HEAD, ANNA, ["合计", "1人"], BOB])
    assert len(parsed.rows) == 2


def test_members_several_reasons_count_once(tmp_path):
    bad = ["1", "", 320322199001011239.0, "群众", "不详", "x", "某支部"]
    parsed = members(tmp_path, [HEAD, bad])
    assert parsed.refused == {"name_missing": 1}
    assert {error.code for error in parsed.errors} == {
        "name_missing", "identity_number_lost_precision", "unknown_category", "unreadable_date",
        "unknown_organisation",
    }  # fmt: skip


def test_members_duplicate_of_refused_row_still_refused(tmp_path):
    first = [*ANNA[:6], "某支部"]
    parsed = members(tmp_path, [HEAD, first, ANNA])
    assert parsed.refused == {"unknown_organisation": 1, "duplicate_identity_number": 1}
    assert "第 2 行" in parsed.errors[1].wanted


def test_members_results_of_formulas_taken_and_told(tmp_path):
    numbered = [("=ROW()-1", None, 1), *ANNA[1:]]
    looked_up = [("=ROW()-1", None, 2), *BOB[1:6], ("=G2", None, BRANCH)]
    parsed = members(tmp_path, [HEAD, numbered, looked_up])
    assert (parsed.refused, len(parsed.rows)) == ({}, 2)
    assert parsed.notes == (
        "工作表“Sheet1”的“所在党支部”（G 列）是公式，按文件里保存的计算结果读取",
    )


def test_members_dates_of_1904_workbook(tmp_path):
    row = [*ANNA[:4], 36342.0 - 1462, None, BRANCH]
    parsed = members(tmp_path, [HEAD, row], date_1904=True)
    assert parsed.rows[0].joined.value == datetime.date(1999, 7, 1)


def test_members_future_date_refused(tmp_path):
    row = [*BOB[:4], "2026-07-07", "", BRANCH]
    assert members(tmp_path, [HEAD, row]).refused == {"date_in_future": 1}


def test_members_odd_but_taken_rows_warned(tmp_path):
    head = [*HEAD, "性别", "出生日期", "联系电话"]
    row = [*ANNA[:4], "1960-01-01", "1959-01-01", BRANCH, "男", "1950-01-01", "12"]
    parsed = members(tmp_path, [head, row])
    assert len(parsed.rows) == 1
    assert parsed.warned == {
        "birth_date_differs": 1, "sex_differs": 1, "joined_under_18": 1,
        "full_member_before_joining": 1, "phone_unusual": 1,
    }  # fmt: skip


def test_members_shared_name_ambiguous(tmp_path):
    path = sheet(tmp_path / "m.xlsx", [HEAD, ANNA])
    assert read_members(path, [(BRANCH, 1), (f"{BRANCH} ", 2)]).refused == {
        "ambiguous_organisation": 1
    }
    assert read_members(path, {"中共示例 支部委员会": 3}).rows[0].organization == 3
    assert read_members(path, lambda name: 4 if name == BRANCH else None).rows[0].organization == 4


def test_members_bad_texts_never_crash(tmp_path):
    row: list[object] = ["1", "长" * 51, "11010519491231002X", "正式党员", 1e300, -1.0, BRANCH]
    parsed = members(tmp_path, [HEAD, row])
    assert parsed.refused == {"too_long": 1}
    assert {error.code for error in parsed.errors} == {"too_long", "unreadable_date"}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["什么"], ["也", "没有"]], "header_not_found"),
        ([[title for title in HEAD if title != "姓名"], ANNA], "missing_column"),
    ],
)
def test_members_unusable_header_refused(tmp_path, rows, code):
    with pytest.raises(SheetRefused) as caught:
        members(tmp_path, rows)
    assert caught.value.code == code


ORG_HEAD = ["党组织全称", "组织类别", "上级党组织"]


def organization_rows(path: Path, *rows: list[object], **options: object):
    return read_organizations(sheet(path / "o.xlsx", [ORG_HEAD, *rows]), **options)


def test_organizations_errors_by_code(tmp_path):
    parsed = organization_rows(
        tmp_path,
        ["甲党工委", "党工委", "无"],
        ["乙党委", "党委", "甲党工委"],
        ["乙党委", "党委", "甲党工委"],
        ["丙支部", "俱乐部", "乙党委"],
        ["丁支部", "党支部", "没有的党委"],
        ["戊支部", "党支部", ""],
        ["", "党支部", "乙党委"],
        ["己支部", "", "乙党委"],
        ["庚小组", "党小组", "丁支部"],
        ["辛总支", "党总支", "壬支部"],
        ["壬支部", "党支部", "辛总支"],
        ["癸委", "党委", "乙 党委"],
    )
    assert parsed.refused == {
        "duplicate_name": 1, "unknown_kind": 1, "unknown_parent": 2, "name_missing": 1,
        "missing_required": 1, "parent_refused": 1, "parent_cycle": 2,
    }  # fmt: skip
    assert [(row.name, row.kind) for row in parsed.rows] == [
        ("甲党工委", "work_committee"), ("乙党委", "direct_committee"), ("癸委", "grassroots_committee"),
    ]  # fmt: skip


def test_organizations_parent_in_database_taken(tmp_path):
    parsed = organization_rows(
        tmp_path, ["子支部", "党支部", "库中党委"], known_organizations={"库中 党委": 42}
    )
    assert (parsed.rows[0].parent_known, parsed.errors) == (42, ())


def test_organizations_grouped_columns_read(tmp_path):
    path = tmp_path / "o.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        for place, title in enumerate(ORG_HEAD):
            page.merge_range(1, place, 2, place, title)
        page.merge_range(1, 3, 1, 5, "党员数")
        page.write_row(2, 3, ["正式", "预备", "女"])
        page.merge_range(1, 6, 1, 7, "委员")
        page.write_row(2, 6, ["组织", "宣传"])
        page.write_row(3, 0, ["甲党工委", "党工委", "—", "12人", 3, "４", "张 三、李四", "无"])
    (row,) = read_organizations(path).rows
    assert row.counts == {"full_count": 12, "probationary_count": 3, "female_count": 4}
    assert (row.organization_commissioners, row.publicity_commissioners) == (("张三", "李四"), ())


def test_organizations_merged_parent_fills_rows(tmp_path):
    path = tmp_path / "o.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ORG_HEAD)
        page.write_row(1, 0, ["甲党工委", "党工委", "无"])
        page.write_row(2, 0, ["乙支部", "党支部"])
        page.write_row(3, 0, ["丙支部", "党支部"])
        page.merge_range(2, 2, 3, 2, "甲党工委")
    assert [row.parent for row in read_organizations(path).rows] == ["", "甲党工委", "甲党工委"]


def test_mark_errors_red_commented_and_listed(tmp_path):
    source = sheet(tmp_path / "m.xlsx", [HEAD, ANNA, [*BOB[:6], "=1+1"]])
    parsed = read_members(source, {BRANCH: 1})
    target = tmp_path / "marked.xlsx"
    inert = CellError("没有这张表", 1, "A", "x", "y", "=cmd()", "z")
    assert mark_errors(source, [*parsed.errors, inert], target) == 1
    assert read_members(target, {BRANCH: 1}).refused == parsed.refused  # and may come back
    book = load_workbook(target)
    cell = book["Sheet1"]["G3"]
    assert cell.fill.start_color.rgb == "FFFFC7CE"
    assert "党组织" in cell.comment.text
    assert book["Sheet1"]["B2"].value == "张三"
    assert book["Sheet1"]["B2"].comment is None
    listed = book[LIST_TITLE]
    assert [cell.value for cell in listed[2]][:4] == ["Sheet1", 3, "G", "所在党支部"]
    assert (listed["E3"].value, listed["E3"].data_type) == ("=cmd()", "s")


@pytest.mark.parametrize("text", ["汉", "汉族", "HA", "01", " 汉 族"])
def test_parse_ethnicity_spellings(text):
    assert parse_ethnicity(text) == "01"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("本科", "21"), ("大学", "21"), ("大学本科毕业", "21"), ("本科肄业", "23"), ("大专", "31"),
        ("中专", "41"), ("高中", "61"), ("初中", "71"), ("小学", "81"), ("研究生", "10"),
        ("硕士研究生", "14"), ("大专（函授）", "31"), ("初中及以下", "71"), ("高中文化", "61"), ("打工", None),
    ],
)  # fmt: skip
def test_parse_education_spellings(text, code):
    assert parse_education(text) == code


def test_code_tables_complete_and_read_back():
    assert len(ETHNICITY) == 58
    assert (ETHNICITY["56"], ETHNICITY["24"], ETHNICITY["05"]) == ("基诺族", "拉祜族", "维吾尔族")
    assert all(parse_ethnicity(label) == code for code, label in ETHNICITY.items())
    assert {code for code, label in EDUCATION.items() if parse_education(label) is None} == set()
    assert (parse_sex("女"), parse_sex("x"), parse_ethnicity("火星族")) == ("2", None, None)

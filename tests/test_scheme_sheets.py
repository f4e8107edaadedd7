"""Schemes as sheets: published tables read, scored by the engine, written and read again."""

import datetime as dt
import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assessments.schemes.definitions import leaves, scheme_of
from assessments.schemes.exports import SchemeSheet, write_scheme, write_template
from assessments.schemes.sheets.rows import SheetRow, read_scheme
from assessments.schemes.sheets.tree import Made, made_of
from assessments.scoring.schemes import score, score_indicator
from core.tabular.errors import SheetRefused
from core.tabular.parsed import ParsedSheet

from .scheme_tables import (
    HEAD,
    T1_HEAD,
    T1_ROWS,
    T4_ROWS,
    T5_ROWS,
    T6_ROWS,
    T8_ROWS,
    book,
)

EMPTY: dict[str, Any] = {
    "root": {"key": "root", "name": "合计", "full": "100", "parts": []},
    "places": 2,
}
Parsed = ParsedSheet[SheetRow]


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def read_(
        rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD, merged: Sequence[str] = ()
    ) -> Parsed:
        path = tmp_path / "细则.xlsx"
        path.write_bytes(book(rows, head, merged=merged))
        return read_scheme(path)

    return read_


def told(parsed: Parsed) -> list[tuple[str, str]]:
    return [(error.cell, error.code) for error in parsed.errors]


def made(parsed: Parsed, before: dict[str, Any] | None = None) -> Made:
    assert told(parsed) == []
    return made_of(parsed.rows, before or EMPTY)


def key_of(content: Any, name: str) -> str:
    return next(leaf.key for leaf in leaves(content) if leaf.name == name)


# --- published tables -----------------------------------------------------------------------------


def test_t1_gives_what_the_worked_examples_say(read: Any) -> None:
    parsed = read(T1_ROWS, T1_HEAD)
    content = {
        **made(parsed).content,
        "bands": [["好", "90"], ["较好", "80"], ["一般", "60"], ["较差", "0"]],
        "vetoes": {"满意度低于50%": {"effect": "lowest_grade", "grade": "较差"}},
    }
    scheme = scheme_of(content)
    assert (scheme.root.full, len(scheme.indicators)) == (100, 7)
    assert all(row.reading.is_read for row in parsed.rows)
    lost = {
        "党组织带头人": ["未按时换届"],
        "工作思路": ["无工作总结"],
        "工作制度": ["三会一课", "领导干部学时不足40学时"],
        "活动阵地": ["有场所无设施"],
        "工作业绩": ["党建或业务考核排名靠后"],
        "群众反映": ["群众满意度低"],
    }
    facts = {
        one.key: [
            {"missing": lost.get(one.name, [])}
            if rule.rule == "deduct_missing"
            else {"points": rule.params["bound"], "reason": "没有其他情况"}
            for rule in one.rules
        ]
        for one in scheme.indicators
    }
    scored = score(scheme, facts)
    assert (str(scored.total), scored.grade) == ("60.00", "一般")
    vetoed = score(scheme, facts, happened=["满意度低于50%"])
    assert (str(vetoed.total), vetoed.grade) == ("60.00", "较差")
    # The floor of 工作制度: −2 −2 −2 −5 is 0, not −1.
    rules = next(one for one in scheme.indicators if one.name == "工作制度")
    named = ["三会一课", "民主评议党员", "党务公开", "未开展书记述职评议"]
    assert score_indicator(rules, [{"missing": named}]).points == 0


def test_cap_of_an_accumulating_indicator(read: Any) -> None:
    text = "集中学习每次2分，最多12分；读书笔记每篇1分，最多4分；心得体会每篇1分，最多4分"
    content = made(read([("学习教育", "", "", 20, text)])).content
    (one,) = scheme_of(content).indicators
    assert score_indicator(one, [{"count": 15}, {"count": 4}, {"count": 4}]).points == 20
    assert score_indicator(one, [{"count": 15}, {"count": 0}, {"count": 0}]).points == 12


def test_t4_ratios_go_both_ways_without_an_upper_limit(read: Any) -> None:
    content = made(read(T4_ROWS)).content
    by_name = {one.name: one for one in scheme_of(content).indicators}
    assert content["root"]["parts"][0]["name"] == "组织建设"  # its 22 marks were checked
    share = by_name["积极分子比例"]
    points = [score_indicator(share, [{"ratio": one}]).points for one in ("0.30", "0.47", "0.05")]
    assert points == [3, 4, 1]
    assert score_indicator(by_name["发展对象考察程序"], [{"count": 9}]).points == 0


def test_t5_levels_and_sums_of_groups(read: Any) -> None:
    parsed = read(T5_ROWS)
    scheme = scheme_of(made(parsed).content)
    assert [part.full for part in scheme.root.parts] == [14, 19]
    by_name = {one.name: one for one in scheme.indicators}
    assert score_indicator(by_name["支部大会"], [{"level": "每半年召开"}]).points == 2
    assert score_indicator(by_name["支委会"], [{"level": "偶尔召开"}]).points == Fraction(1, 2)
    assert score_indicator(by_name["组织关系接转"], [{"met": False}]).points == 0
    assert all(row.reading.is_read for row in parsed.rows)


def test_t6_and_t8_deductions_of_several_kinds(read: Any) -> None:
    by_name = {one.name: one for one in scheme_of(made(read(T6_ROWS)).content).indicators}
    facts = [{"count": 2}, {"missing": ["无年度计划"]}]
    assert score_indicator(by_name["领导小组和专题研究"], facts).points == Fraction(1, 2)
    parts = {"组织科": "4", "农村科": "2", "组织员办": "2.5", "电教科": "1"}
    assert score_indicator(by_name["各项部署落实"], [{"parts": parts}]).points == Fraction(19, 2)
    by_name = {one.name: one for one in scheme_of(made(read(T8_ROWS)).content).indicators}
    facts = [{"count": 2}, {"missing": ["班子不健全", "无专兼职党务工作者"]}]
    assert score_indicator(by_name["有班子"], facts).points == 3


# --- what stands where ----------------------------------------------------------------------------


def test_order_names_and_columns_do_not_matter(read: Any) -> None:
    head = (
        "序号",
        "分值（分）",
        "考核指标",
        "考核项目",
        "计分办法",
        "佐证材料",
        "考核要点",
        "联系人",
    )
    parsed = read(
        [(1, "5", "主题党日", "组织生活", "每缺1次扣1分", "记录", "按月开展", "张三")], head
    )
    (row,) = parsed.rows
    assert (row.above, row.name, row.full) == (("组织生活",), "主题党日", 5)
    assert (row.text, row.standard, row.evidence) == ("按月开展", "每缺1次扣1分", "记录")
    assert [title for _, _, title in parsed.unknown_columns] == ["联系人"]


def test_merged_repeated_and_blank_names_are_those_above(read: Any) -> None:
    names = [
        ("组织生活", "主题党日", "", 5, "每缺1次扣1分"),
        ("", "党课", "", 5, "每缺1次扣1分"),
        ("组织生活", "组织生活会", "", 5, "酌情打分"),
        ("队伍建设", "发展党员", "程序规范；材料齐全", 3, "不规范扣1分"),
        ("", "", "", "", "材料不齐扣1分"),  # goes on with the line above
        ("", "", "流动党员：有台账", 2, "无台账扣1分"),  # has marks of its own
        ("作风建设", "", "群众评价", 5, "好5分、差0分"),
    ]
    parsed = read(names, merged=["A3:A4"])
    assert [row.path for row in parsed.rows] == [
        ("组织生活", "主题党日"),
        ("组织生活", "党课"),
        ("组织生活", "组织生活会"),
        ("队伍建设", "发展党员", "程序规范"),
        ("队伍建设", "发展党员", "流动党员"),
        ("作风建设",),
    ]
    assert parsed.rows[3].standard == "不规范扣1分\n材料不齐扣1分"
    content = made(parsed).content
    assert [part["full"] for part in content["root"]["parts"]] == ["15", "5", "5"]
    scheme_of(content)
    # Marks merged over several lines are those of one indicator, and what is merged is said once.
    one = [
        ("组织生活", "主题党日", "按月开展", 5, "每缺1次扣1分"),
        ("", "", "有主题", "", "无主题扣1分"),
    ]
    (row,) = read(one, merged=["A3:A4", "B3:B4", "D3:D4", "F3:F4"]).rows
    assert (row.text, row.full) == ("按月开展\n有主题", 5)


@pytest.mark.parametrize(
    ("marks", "found"),
    [("5分", "5"), ("５．５", "11/2"), (" 2.50 分 ", "5/2"), (0.1 + 0.2, "3/10"), (5.0, "5")],
)
def test_marks_are_read_as_people_write_them(read: Any, marks: Any, found: str) -> None:
    (row,) = read([("甲", "", "", marks, "酌情打分")]).rows
    assert row.full == Fraction(found)


@pytest.mark.parametrize(
    ("marks", "code"),
    [
        ("", "missing_required"),
        ("五分", "not_a_number"),
        ("5-10", "not_a_number"),
        (True, "not_a_number"),
        (dt.datetime(2026, 5, 2), "not_a_number"),
        ("5%", "not_a_number"),
        (-5, "not_a_number"),
        (0, "out_of_bounds"),
        (10**9, "not_a_number"),
        (5000, "out_of_bounds"),
        (1.234, "too_exact"),
        ("9" * 300, "not_a_number"),
        ("1e3", "not_a_number"),
        ("=1+1", "formula_in_cell"),
    ],
)
def test_marks_that_are_none_are_said_at_their_cell(read: Any, marks: Any, code: str) -> None:
    parsed = read([("甲", "乙", "丙", marks, "酌情打分"), ("", "丁", "", 5, "酌情打分")])
    assert told(parsed) == [("D3", code)]
    assert [row.name for row in parsed.rows] == ["丁"]


def test_sums_that_do_not_add_up(read: Any) -> None:
    lines = [
        ("甲（12分）", "子", "", 5, "酌情打分"),
        ("", "丑", "", 6, "酌情打分"),
        ("小计", "", "", 10, ""),
        ("乙", "寅", "", 9, "酌情打分"),
        ("合计", "", "", "22分", ""),
    ]
    parsed = read(lines)
    assert told(parsed) == [("A3", "sum_differs"), ("D5", "sum_differs"), ("D7", "sum_differs")]
    assert "相加是 20 分，少 2 分" in parsed.errors[-1].message
    good = [("甲（11分）", *lines[0][1:]), lines[1], ("小计", "", "", 11), lines[3]]
    assert told(read([*good, ("合计", "", "", 20)])) == []
    assert told(read([*good, ("总分（20分）", "", "", "")])) == []
    assert told(read([*good, ("", "合 计", "", 21)])) == [("D7", "sum_differs")]
    assert told(read([*good, ("合计", "", "", "二十")])) == [("D7", "not_a_number")]


def test_names_that_cannot_be_told_apart(read: Any) -> None:
    line = ("", 5, "酌情打分")
    parsed = read(
        [
            ("甲", "子", *line),
            ("", "子", *line),
            ("乙", "丑", *line),
            ("甲", "寅", *line),
            ("丙", "卯", "", 1, "酌情打分"),
            ("", "", "", 2, "酌情打分"),
            ("丁", "辰", "同样", 1, "酌情打分"),
            ("", "", "同样", 2, "酌情打分"),
            ("甲" * 61, "", *line),
        ]
    )
    assert told(parsed) == [
        ("B4", "duplicate_name"),
        ("A6", "duplicate_name"),
        ("C7", "missing_name"),
        ("C8", "missing_name"),
        ("C10", "duplicate_name"),
        ("A11", "too_long"),
    ]


def test_what_is_no_indicator_is_said(read: Any) -> None:
    parsed = read(
        [
            ("甲", "子", "", 100, "酌情打分", "", 98, 97, "少一次"),
            ("加分项", "获表彰", "", 5, "国家级5分、省级3分"),
            ("一票否决", "严重违纪", "", "", ""),
            ("合计", "", "", 100, ""),
            ("说明：", "本表由考核组填写", "", "", ""),
            ("填表人签字：", "", "日期：", "", ""),
            ("又一行", "没有分值", "", "", ""),
        ]
    )
    assert [row.name for row in parsed.rows] == ["子"]
    assert told(parsed) == []
    assert [note[:6] for note in parsed.notes] == ["加分、扣分和", "合计之后还有", "自评分、考核"]


@pytest.mark.parametrize(
    ("rows", "head", "code"),
    [
        ([("甲", "乙", 5)], ("一级指标", "二级指标", "分值"), "missing_column"),
        ([("甲", 5)], ("序号", "分值"), "header_not_found"),
        ([(5, "酌情", 1)], ("分值", "评分标准", "得分"), "missing_column"),
        ([], HEAD, "no_rows"),
        ([("合计", "", "", "")], HEAD, "no_rows"),
        ([("甲", f"第{n}项", "", 1, "酌情") for n in range(301)], HEAD, "too_many_rows"),
        ([("甲", "", "", 1, "酌情")] * 20_001, HEAD, "too_many_rows"),
        ([("", "", "", "", "")] * 65_536 + [("甲", "", "", 1, "酌情")], HEAD, "far_cell"),
    ],
)
def test_sheets_that_are_no_scheme(read: Any, rows: Any, head: Any, code: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        read(rows, head)
    assert refused.value.code == code


def test_two_schemes_in_one_workbook_are_not_chosen_between(tmp_path: Path) -> None:
    made_ = openpyxl.load_workbook(io.BytesIO(book([("甲", "", "", 1, "酌情")])))
    made_.copy_worksheet(made_.active)
    path = tmp_path / "两张.xlsx"
    made_.save(path)
    with pytest.raises(SheetRefused, match="2 张细则"):
        read_scheme(path)


# --- onto a draft ---------------------------------------------------------------------------------

SOURCE = {"kind": "figure", "figure": "life_party_day_missing", "takes": "count"}


def drafted(read: Any) -> dict[str, Any]:
    """T5 as a draft, one of its indicators set up by hand."""
    content: dict[str, Any] = {**made(read(T5_ROWS)).content, "bands": [["好", "20"], ["差", "0"]]}
    for leaf in leaves(content):
        leaf.node.update(plan_basis="某委〔2026〕3号", reviewers=3)  # type: ignore[attr-defined]
        if leaf.name == "支委会":
            rule = {"rule": "deduct_each", "params": {"points": "0.5"}, "source": SOURCE}
            leaf.node["rules"] = [rule]  # type: ignore[index]
    content["tie_break"] = [key_of(content, "支委会"), key_of(content, "党课")]
    return content


def changed(name: str, place: int, value: Any) -> list[tuple[Any, ...]]:
    rows = [row for row in T5_ROWS if row[0] not in ("小计", "合计")]
    return [(*row[:place], value, *row[place + 1 :]) if row[1] == name else row for row in rows]


def test_the_same_sheet_again_changes_nothing(read: Any) -> None:
    draft = drafted(read)
    again = made(read(T5_ROWS), draft)
    assert not again.is_changed
    assert all(line.keeps and not line.changes for line in again.lines)
    assert (again.gone, again.lost) == ([], [])


def test_what_a_sheet_cannot_say_stays_with_the_name(read: Any) -> None:
    draft = drafted(read)
    next(one for one in leaves(draft) if one.name == "支委会").node["is_report"] = True  # type: ignore[index]
    rows = changed("支委会", 2, "按月召开")
    found = made(read(rows), draft)
    node = next(one for one in leaves(found.content) if one.name == "支委会").node
    assert node["is_report"] is True
    assert node["rules"][0]["source"] == SOURCE
    assert (node["text"], node["reviewers"]) == ("按月召开", 3)
    assert found.content["bands"] == draft["bands"]
    assert [line.changes for line in found.lines if line.changes] == [
        {"考核内容": ("", "按月召开")}
    ]
    assert found.lost == []


def test_another_standard_is_read_anew_and_what_it_replaces_is_said(read: Any) -> None:
    draft = drafted(read)
    found = made(read(changed("支委会", 4, "每缺1次扣1分")), draft)
    node = next(one for one in leaves(found.content) if one.name == "支委会").node
    assert node["rules"] == [{"rule": "deduct_each", "params": {"points": "1"}}]
    assert node["key"] == key_of(draft, "支委会")
    assert node["plan_basis"] == "某委〔2026〕3号"
    (lost,) = found.lost
    assert "原来设的规则（每次扣0.5分）" in lost
    assert "数据来源也要重新选" in lost
    # Where the rules were those of the text, nothing goes with them.
    assert made(read(changed("党课", 4, "每缺1次扣1分")), draft).lost == []


def test_what_the_sheet_has_not_goes_and_is_said(read: Any) -> None:
    draft = drafted(read)
    rows = [row for row in T5_ROWS if row[1] != "支委会" and row[0] not in ("小计", "合计")]
    found = made(read(rows), draft)
    assert [leaf.name for leaf in found.gone] == ["支委会"]
    assert "数据来自系统" in found.lost[0]
    assert found.content["tie_break"] == [key_of(draft, "党课")]
    assert found.content["root"]["full"] == "31"
    # Moved to another group, it is the same indicator.
    moved = made(read([*rows, ("其他", "支委会", "", 2, T5_ROWS[7][4])]), draft)
    assert (moved.gone, moved.lost) == ([], [])
    assert key_of(moved.content, "支委会") == key_of(draft, "支委会")


def test_other_marks_are_read_with_the_same_standard(read: Any) -> None:
    draft = made(read([("甲", "", "", 5, "好5分、差0分"), ("乙", "", "", 5, "酌情打分")])).content
    found = made(read([("甲", "", "", 6, "好5分、差0分"), ("乙", "", "", 8, "酌情打分")]), draft)
    rules = [line.rules for line in found.lines]
    assert rules[0] == [{"rule": "discretion", "params": {"bound": "6"}}]  # best is not the whole
    assert rules[1] == [{"rule": "discretion", "params": {"bound": "8"}}]


def test_a_column_that_is_not_there_says_nothing(read: Any) -> None:
    draft = made(read([("甲", "", "内容", 5, "酌情打分", "查记录")])).content
    found = made(read([("甲", 5, "酌情打分")], ("一级指标", "分值", "评分标准")), draft)
    assert not found.is_changed


# --- written and read again -----------------------------------------------------------------------


@pytest.mark.parametrize("rows", [T1_ROWS, T4_ROWS, T5_ROWS, T6_ROWS, T8_ROWS])
def test_written_and_read_again_it_is_the_same(read: Any, tmp_path: Path, rows: Any) -> None:
    content = made(read(rows, T1_HEAD if rows is T1_ROWS else HEAD)).content
    again = made(written(content, tmp_path), dict(content))
    assert not again.is_changed
    # Nor does it say less to a draft that has nothing yet.
    assert made(written(content, tmp_path)).content == content


def written(content: Any, tmp_path: Path) -> Parsed:
    path = tmp_path / "导出.xlsx"
    with path.open("wb") as target:
        sheet = SchemeSheet("2026年度考核细则（街道、镇）", "制定单位：某党工委", content)
        count = write_scheme(target, sheet, stamp="张三 导出")
    assert count == len(leaves(content))
    return read_scheme(path)


def test_rules_without_a_text_are_written_in_words_and_stay(tmp_path: Path) -> None:
    def indicator(key: str, name: str, *rules: Any) -> dict[str, Any]:
        return {"key": key, "name": name, "full": "5", "rules": list(rules)}

    rule = {"rule": "deduct_each", "params": {"points": "0.3"}, "source": SOURCE}
    factor = {"rule": "factor", "params": {"factor": "0.05"}}
    parts = [
        {
            "key": "g1",
            "name": "组织生活",
            "full": "10",
            "parts": [
                {
                    "key": "g2",
                    "name": "三会一课",
                    "full": "10",
                    "parts": [indicator("1", "主题党日", rule), indicator("2", "党课", factor)],
                }
            ],
        },
        indicator("3", "特色", {"rule": "discretion", "params": {"bound": "5"}}),
    ]
    content = {**EMPTY, "root": {"key": "all", "name": "全部", "full": "15", "parts": parts}}
    parsed = written(content, tmp_path)
    assert next(row.path for row in parsed.rows) == ("组织生活", "三会一课", "主题党日")
    assert [row.standard for row in parsed.rows][:2] == ["每次扣0.3分", "其他考核的得分×0.05"]
    assert not made(parsed, content).is_changed


def test_sheet_is_laid_out_for_paper(read: Any, tmp_path: Path) -> None:
    written(made(read(T5_ROWS)).content, tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "导出.xlsx").active
    assert [cell.value for cell in sheet[3]] == list(HEAD)
    assert {"A4:A8", "A9:A15", "A1:I1"} <= {str(one) for one in sheet.merged_cells.ranges}
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$3:$3"
    assert sheet["E4"].alignment.wrap_text
    assert [sheet.cell(16, column).value for column in (1, 4)] == ["合计", 33]
    assert {sheet.cell(row, column).value for row in range(4, 16) for column in (7, 8, 9)} == {None}
    with (tmp_path / "模板.xlsx").open("wb") as target:
        write_template(target)
    with pytest.raises(SheetRefused, match="没有"):
        read_scheme(tmp_path / "模板.xlsx")


def test_texts_never_become_formulas(tmp_path: Path) -> None:
    node = {"key": "1", "name": "=1+1", "full": "5", "rules": [], "standard": "-2+3", "text": "@x"}
    written({**EMPTY, "root": {**EMPTY["root"], "full": "5", "parts": [node]}}, tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "导出.xlsx").active
    assert [sheet.cell(4, column).data_type for column in (1, 3, 5)] == ["s", "s", "s"]

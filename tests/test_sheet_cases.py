"""Small sheets that failed, each with others of its kind: what comes out of every one of them."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from core.dates import AmbiguousDate, read_date
from core.identity import check_digit
from core.tabular import reading
from core.tabular.errors import SheetRefused
from core.tabular.marking import LIST_TITLE, mark_errors
from core.tabular.number_formats import precision_of
from members.codes import EDUCATION, nearest_education, parse_education
from members.sheets import COLUMNS, read_members
from orgs.sheets import COLUMNS as ORGANIZATION_COLUMNS
from orgs.sheets import read_organizations

CASES = Path(__file__).parent / "data" / "cases"
TODAY = dt.date(2026, 11, 26)
BRANCH = "中共大黄山街道湖庄村第一支部委员会"
TITLES = [
    *("序号", "姓名", "性别", "民族", "公民身份号码", "出生日期", "学历", "人员类别", "入党时间"),
    *("转正时间", "所在党支部", "党内职务", "工作岗位", "联系电话", "家庭住址", "是否流动党员"),
    *("是否失联党员", "备注"),
]


def number(serial: int, birth: str = "19900315") -> str:
    """An invented identity number of area 320399."""
    first = f"320399{birth}{serial:03d}"
    return first + check_digit(first)


def person(serial: int = 1, **cells: Any) -> dict[str, Any]:
    """One row by title."""
    return {
        "序号": serial, "姓名": "张测试", "性别": "男", "民族": "汉族",
        "公民身份号码": number(serial * 2 - 1), "学历": "大学", "人员类别": "正式党员",
        "入党时间": "2012-07-01", "转正时间": "2013-07-01", "所在党支部": BRANCH, "工作岗位": "工人",
        "联系电话": "13800000000", "家庭住址": "江苏省徐州市某区某路1号", "是否流动党员": "否",
        "是否失联党员": "否", **cells,
    }  # fmt: skip


def book(
    path: Path,
    rows: list[dict[str, Any]],
    titles: list[str] = TITLES,
    *,
    formats: dict[str, str] | None = None,
    more: Callable[[Any, Any], None] | None = None,
    **options: Any,
) -> Path:
    """A workbook of the rows; numbers stay numbers, `formats` are number formats by title."""
    target = path / "sheet.xlsx"
    with xlsxwriter.Workbook(str(target), options) as made:
        sheet = made.add_worksheet("Sheet1")
        for place, title in enumerate(titles):
            form = made.add_format({"num_format": (formats or {}).get(title, "General")})
            sheet.write_string(0, place, title)
            for line, row in enumerate(rows, 1):
                value = row.get(title, "")
                if isinstance(value, str):
                    sheet.write_string(line, place, value) if value else None
                elif isinstance(value, dt.date):
                    moment = dt.datetime.combine(value, dt.time())
                    sheet.write_datetime(line, place, moment, form)
                else:
                    sheet.write_number(line, place, value, form)
        if more:
            more(made, sheet)
    return target


def read(path: Path) -> Any:
    return read_members(path, {BRANCH: 1}, today=TODAY)


def case(name: str) -> Any:
    return read(CASES / f"{name}.xlsx")


def rewritten(source: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> Path:
    """The package with its parts renamed or changed."""
    target = source.with_name("rewritten.xlsx")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(*change(name, old.read(name)))
    return target


@pytest.mark.parametrize("path", sorted(CASES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_no_case_fails_and_every_refused_cell_can_be_marked(path: Path, tmp_path: Path) -> None:
    parsed = read(path)
    assert parsed.row_count
    target = tmp_path / "marked.xlsx"
    mark_errors(path, parsed.errors, target)
    assert LIST_TITLE in openpyxl.load_workbook(target).sheetnames


@pytest.mark.parametrize(
    ("name", "rows", "refused"),
    [
        ("base_two_days", 1, {}),
        ("dup_two_phones", 1, {}),
        ("educations", 56, {}),
        ("formula_cached_birth_sex_age", 3, {}),
        ("ghost_blank_at_65536", 2, {}),
        ("id_roman_x", 4, {}),
        ("joined_five_digit_text", 1, {"ambiguous_date": 1}),
        ("joined_float_months", 7, {"ambiguous_date": 2}),
        ("kangxi_org_and_name", 4, {}),
        ("merged_block_org_post", 3, {}),
        ("national_export_A_B", 1, {}),
        ("phones_find", 4, {}),
        ("pkg_default_main_type", 2, {}),
        ("prefilled_defaults", 2, {}),
        ("update_month_only_57", 1, {}),
    ],
)
def test_cases_come_out_with_these_rows(name: str, rows: int, refused: dict[str, int]) -> None:
    parsed = case(name)
    assert (parsed.row_count, parsed.refused) == (rows, refused)


# --- two columns of one meaning --------------------------------------------------------------


def test_the_national_export_is_read_and_what_it_holds_besides_is_named() -> None:
    parsed = case("national_export_A_B")
    assert (parsed.rows[0].category, parsed.rows[0].organization_name) == ("full_member", BRANCH)
    unread = {title for _sheet, _letter, title in parsed.unknown_columns}
    assert {"政治面貌", "人员类型", "隶属党组织", "党龄", "注册手机号"} <= unread
    assert any("“政治面貌”（U 列）和“人员类别”（G 列）是同一项" in note for note in parsed.notes)


DOUBLES = [
    (spec.key, title, other)
    for spec in COLUMNS
    if spec.synonyms and not spec.is_ignored
    for title, other in permutations((spec.title, *spec.synonyms[:3]), 2)
]


@pytest.mark.parametrize(("key", "first", "second"), DOUBLES)
def test_of_two_columns_the_exact_title_is_read_else_the_first(
    tmp_path: Path, key: str, first: str, second: str
) -> None:
    spec = next(spec for spec in COLUMNS if spec.key == key)
    values = {title: person()[spec.title] for title in (first, second) if spec.title in person()}
    titles = [title for title in TITLES if title != spec.title]
    titles = [titles[0], first, *titles[1:], second]
    path = book(tmp_path, [{**person(), **values}], titles)
    (sheet,) = reading.read_sheets(path)
    from core.tabular.headers import find

    header = find(sheet.rows, COLUMNS)
    assert header
    wanted = second if second == spec.title else first
    assert header.titles[key] == wanted
    other = first if wanted == second else second
    assert other in {title for _letter, title in header.unknown}
    assert read(path).row_count == 1


def test_organisations_with_two_telephones_are_read(tmp_path: Path) -> None:
    titles = ["党组织全称", "组织类别", "上级党组织", "手机", "联系电话"]
    rows = [
        dict(zip(titles, ("甲党工委", "党工委", "", "1", "051683870000"), strict=True)),
        dict(zip(titles, ("乙党委", "党委", "甲党工委", "", "051683870001"), strict=True)),
    ]
    parsed = read_organizations(book(tmp_path, rows, titles), today=TODAY)
    assert [row.phone for row in parsed.rows] == ["051683870000", "051683870001"]
    assert parsed.unknown_columns == (("Sheet1", "D", "手机"),)


# --- dates ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('yyyy"年"m"月"', "month"), ("[$-804]yyyy年m月", "month"), ("yyyy\\.mm", "month"),
        ("yyyy/mm;@", "month"), ("mmm-yy", "month"), ("e年m月", "month"), ("[红色]yyyy-mm", "month"),
        ('[DBNum1]yyyy"年"m"月"', "month"), ("yyyy", "year"), ('yyyy"年"', "year"),
        ("yyyy-mm-dd", "day"), ('yyyy"年"m"月"d"日"', "day"), ("General", "day"), ("0.00", "day"),
        ("0.00E+00", "day"), ("m月d日", "day"), ("yyyy-mm-dd hh:mm:ss", "day"), ("@", "day"),
        ("[h]:mm:ss", "day"), ("mm:ss", "day"), ("#,##0", "day"), ('"日"yyyy-mm', "month"),
    ],
)  # fmt: skip
def test_number_formats_say_how_much_of_a_date_is_shown(code: str, shown: str) -> None:
    assert precision_of(code) == shown


@pytest.mark.parametrize(
    "code", ['yyyy"年"m"月"', "yyyy.mm", "yyyy-m", "mmm-yy", "[$-804]yyyy年m月"]
)
@pytest.mark.parametrize("day", [1, 9])
def test_a_cell_that_shows_a_month_is_a_month(tmp_path: Path, code: str, day: int) -> None:
    cells = {"出生日期": dt.date(1990, 3, day), "入党时间": dt.date(2012, 7, day)}
    path = book(tmp_path, [person(**cells)], formats=dict.fromkeys(cells, code))
    parsed = read(path)
    (row,) = parsed.rows
    assert (row.birth_on, row.joined.precision) == (dt.date(1990, 3, 15), "month")
    assert (row.joined.value.year, row.joined.value.month) == (2012, 7)
    assert parsed.warned == {}


def test_months_of_built_in_formats_and_of_merged_cells(tmp_path: Path) -> None:
    assert case("update_month_only_57").rows[0].full_member.precision == "month"
    assert case("month_only_custom").rows[0].birth_on == dt.date(1990, 3, 15)

    def merge(made: Any, sheet: Any) -> None:
        form = made.add_format({"num_format": "yyyy.mm"})
        sheet.merge_range("I2:I3", 41091, form)

    path = book(tmp_path, [person(1, 入党时间=""), person(2, 入党时间="")], more=merge)
    assert [row.joined.precision for row in read(path).rows] == ["month", "month"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2012.7, "2012-07"), (2012.07, "2012-07"), (2012.2, "2012-02"), (2012.9, "2012-09"),
        (2012.11, "2012-11"), (2012.12, "2012-12"), (201207, "2012-07"), ("2012.7", "2012-07"),
        ("2012年7月", "2012-07"), ("２０１２．０７", "2012-07"), (20120701, "2012-07-01"),
        (41091, "2012-07-01"), ("2012.07.01", "2012-07-01"),
    ],
)  # fmt: skip
def test_numbers_and_texts_for_months(tmp_path: Path, value: Any, expected: str) -> None:
    (row,) = read(book(tmp_path, [person(入党时间=value)])).rows
    shown = f"{row.joined.value:%Y-%m-%d}" if row.joined.precision == "day" else ""
    assert (shown or f"{row.joined.value:%Y-%m}") == expected


@pytest.mark.parametrize("value", ["20127", "19997", "41091", 20127, 19991, 2012.1, "20127.0"])
@pytest.mark.parametrize("title", ["入党时间", "转正时间", "出生日期"])
def test_what_may_mean_several_days_is_refused(tmp_path: Path, value: Any, title: str) -> None:
    parsed = read(book(tmp_path, [person(**{title: value})]))
    assert parsed.refused == {"ambiguous_date": 1}
    with pytest.raises(AmbiguousDate):
        read_date(value)


def test_a_serial_number_that_is_the_day_of_the_identity_number_is_no_riddle(
    tmp_path: Path,
) -> None:
    born = dt.date(1955, 2, 7)  # serial 20127, which may be July 2012 as well
    cells = {"公民身份号码": number(1, "19550207"), "出生日期": 20127}
    (row,) = read(book(tmp_path, [person(**cells)])).rows
    assert row.birth_on == born


@pytest.mark.parametrize("formats", [{}, {"入党时间": "yyyy-mm-dd"}, {"入党时间": 'yyyy"年"m"月"'}])
def test_the_epoch_of_1904_stays_whatever_stands_behind_it(
    tmp_path: Path, formats: dict[str, str]
) -> None:
    made = case("d1904_x15_general_format").rows[0]
    assert (made.birth_on, made.joined.value) == (dt.date(1990, 3, 15), dt.date(2012, 7, 1))
    path = book(tmp_path, [person(入党时间=39629)], formats=formats, date_1904=True)

    def extend(name: str, content: bytes) -> tuple[str, bytes]:
        extension = (
            b'<extLst><ext uri="{x}" xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/'
            b'2010/11/main"><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst></workbook>'
        )
        if name == "xl/workbook.xml":
            content = content.replace(b"</workbook>", extension)
        return name, content

    assert read(rewritten(path, extend)).rows[0].joined.value == dt.date(2012, 7, 1)


# --- look-alike characters -------------------------------------------------------------------


def test_lookalikes_become_the_ordinary_character() -> None:
    rows = case("kangxi_org_and_name").rows
    assert [row.name for row in rows] == ["张测试", "齐玉", "张测试", "张测试"]
    assert (rows[2].sex, rows[2].ethnicity, rows[3].is_mobile) == ("2", "15", None)
    assert [row.identity_number[-1] for row in case("id_roman_x").rows] == ["X"] * 4


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("⻢⻓⻘", "马长青"), ("⽟⻰", "玉龙"), ("⾦⼤⼒", "金大力"), ("⻩⻔⻋", "黄门车"), ("⼥⼦", "女子"),
        ("\uf9d1\uf90a", "六金"), ("\U0002f804", "你"), ("龍\ufa1b", "龍福"),
    ],
)  # fmt: skip
def test_names_and_posts_of_lookalikes(tmp_path: Path, typed: str, kept: str) -> None:
    (row,) = read(book(tmp_path, [person(姓名=typed, 党内职务=f"{typed[0]}书记")])).rows
    assert (row.name, row.party_post) == (kept, f"{kept[0]}书记")


@pytest.mark.parametrize("sign", ["Ⅹ", "ⅹ", "Х", "х", "Χ", "χ", "×", "ｘ", "Ｘ", "𝐗", "✕"])
def test_the_last_sign_of_an_identity_number(tmp_path: Path, sign: str) -> None:
    ends_in_x = next(n for n in map(number, range(1, 99)) if n.endswith("X"))
    (row,) = read(book(tmp_path, [person(公民身份号码=ends_in_x[:-1] + sign)])).rows
    assert row.identity_number == ends_in_x


def test_an_organisation_is_known_by_roman_numerals_and_letters(tmp_path: Path) -> None:
    names = {"第II党支部": 1}
    for typed in ("第Ⅱ党支部", "第II党支部", "第ⅱ党支部", "第ＩＩ党支部"):
        parsed = read_members(book(tmp_path, [person(所在党支部=typed)]), names, today=TODAY)
        assert [row.organization for row in parsed.rows] == [1], typed


# --- what is no row --------------------------------------------------------------------------


@pytest.mark.parametrize("row", [40_001, 65_535, 1_048_575])
@pytest.mark.parametrize("text", [" ", "\u3000", "\u200b", "\t"])
def test_blanks_far_out_are_no_rows(tmp_path: Path, row: int, text: str) -> None:
    path = book(
        tmp_path,
        [person(1), person(2)],
        more=lambda made, sheet: (
            sheet.write_string(row, 3, text),
            sheet.write_string(row, 16_000, text),
            sheet.write_string(1, 16_383, text),
        ),
    )
    parsed = read(path)
    assert (parsed.row_count, len(parsed.rows), parsed.refused) == (2, 2, {})


def test_a_running_number_filled_down_to_the_end_is_no_row(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        for line in range(3, 65_536):
            sheet.write_number(line, 0, line)

    parsed = read(book(tmp_path, [person(1), person(2)], more=fill))
    assert (parsed.row_count, len(parsed.rows)) == (2, 2)


@pytest.mark.parametrize("cell", ["A65536", "C50000", "BM3"])
def test_something_to_see_far_out_still_refuses(tmp_path: Path, cell: str) -> None:
    path = book(tmp_path, [person()], more=lambda made, sheet: sheet.write_string(cell, "张三"))
    with pytest.raises(SheetRefused, match=cell):
        read(path)


PREFILLED = [
    {"是否流动党员": "否"},
    {"民族": "汉族", "是否失联党员": "否", "是否流动党员": "否"},
    {"人员类别": "正式党员", "所在党支部": BRANCH},
    {"性别": "男", "学历": "大学", "工作岗位": "工人"},
]


@pytest.mark.parametrize("cells", PREFILLED, ids=str)
def test_rows_of_nothing_but_defaults_are_no_rows_and_told(
    tmp_path: Path, cells: dict[str, str]
) -> None:
    spare = [{"序号": line, **cells} for line in range(3, 40)]
    parsed = read(book(tmp_path, [person(1), person(2), *spare]))
    assert (parsed.row_count, len(parsed.rows), parsed.refused) == (2, 2, {})
    assert parsed.notes == (
        "工作表“Sheet1”有 37 行只有预先填好的内容，不当作一行数据（首行：第 4 行）",
    )


def test_an_unfinished_row_is_not_taken_for_defaults(tmp_path: Path) -> None:
    lacking = person(2, 姓名="", 公民身份号码="")
    parsed = read(book(tmp_path, [person(1), lacking, person(3)]))
    assert parsed.row_count == 3
    assert parsed.refused == {"name_missing": 1}
    between = {"序号": 2, "人员类别": "正式党员", "所在党支部": BRANCH}
    assert read(book(tmp_path, [person(1), between, person(3)])).refused == {"name_missing": 1}


def test_formulas_filled_down_are_no_rows(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        for line in range(3, 50):
            sheet.write_formula(line, 2, f'=IF(E{line + 1}="","",1)', None, "")
            sheet.write_formula(line, 5, f"=MID(E{line + 1},7,8)", None, "")
            sheet.write_formula(line, 15, '="否"', None, "否")

    parsed = read(book(tmp_path, [person(1), person(2)], more=fill))
    assert (parsed.row_count, parsed.refused) == (2, {})


# --- formulas, merges, educations --------------------------------------------------------------


def test_results_of_formulas_are_taken_and_told(tmp_path: Path) -> None:
    parsed = case("formula_cached_birth_sex_age")
    assert [row.sex for row in parsed.rows] == ["1"] * 3
    assert "“性别”（C 列）、“出生日期”（F 列）是公式" in parsed.notes[0]
    never = openpyxl.Workbook()
    never.active.title = "Sheet1"
    never.active.append(TITLES)
    never.active.append([person(出生日期="=MID(E2,7,8)").get(title, "") for title in TITLES])
    never.save(tmp_path / "never.xlsx")
    assert read(tmp_path / "never.xlsx").refused == {"formula_in_cell": 1}


@pytest.mark.parametrize("block", ["K2:L4", "K2:M4", "J2:L4", "I2:L4"])
def test_a_merge_over_several_columns_is_filled_down(tmp_path: Path, block: str) -> None:
    first = TITLES[ord(block[0]) - ord("A")]
    cells = dict.fromkeys(("党内职务", "工作岗位"), "") | {first: ""}
    value = person()[first]

    def merge(made: Any, sheet: Any) -> None:
        sheet.merge_range(block, value)

    rows = [person(serial, **cells) for serial in (1, 2, 3)]
    for row in rows:
        for title in TITLES[ord(block[0]) - ord("A") : ord(block[3]) - ord("A") + 1]:
            row[title] = ""
    parsed = read(book(tmp_path, rows, more=merge))
    if "K" in block[:1]:
        assert [row.organization for row in parsed.rows] == [1, 1, 1]
    key = {"入党时间": "joined", "转正时间": "full_member"}.get(first)
    if key:
        assert len({error.row for error in parsed.errors if error.column_title == first}) == 0
    assert case("merged_block_org_post").rows[2].organization == 1


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("中央党校研究生", "10"), ("省委党校大学", "21"), ("党校本科", "21"), ("党校大专", "31"),
        ("电大", "31"), ("电大本科", "21"), ("广播电视大学专科", "31"), ("夜大", "31"), ("函授大专", "31"),
        ("自考本科", "21"), ("自学考试大专", "31"), ("成教本科", "21"), ("本科（自考）", "21"),
        ("大专以上", "31"), ("本科在读", "20"), ("高中/中专", "61"), ("专升本", "21"), ("MBA", "14"),
        ("硕士学位", "14"), ("双学士", "21"), ("中技", "47"), ("高小", "81"), ("不识字", "90"),
        ("五年制大专", "31"), ("初中以下", "71"), ("开放大学本科", "21"),
    ],
)  # fmt: skip
def test_educations_without_a_code_come_to_the_nearest(text: str, level: str) -> None:
    assert (parse_education(text) or nearest_education(text)) == level
    assert level in EDUCATION


@pytest.mark.parametrize("text", ["大学生村官", "看不懂", "党员", "1999", "/", "不详", "大学东路"])
def test_no_education_is_made_of_other_words(text: str) -> None:
    assert nearest_education(text) is None


# --- what others write into packages -----------------------------------------------------------


def upper_shared_strings(name: str, content: bytes) -> tuple[str, bytes]:
    return name.replace("sharedStrings", "SharedStrings"), content


def empty_fills(name: str, content: bytes) -> tuple[str, bytes]:
    if name == "xl/styles.xml":
        content = content.replace(b"<fills", b"<fills").replace(
            b'<fill><patternFill patternType="none"/></fill>', b"<fill/>"
        )
    return name, content


def odd_fonts(name: str, content: bytes) -> tuple[str, bytes]:
    if name == "xl/styles.xml":
        content = content.replace(b'<family val="2"/>', b'<family val="99"/>')
    return name, content


def default_types(name: str, content: bytes) -> tuple[str, bytes]:
    main = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    if name == "[Content_Types].xml":
        override = b'<Override PartName="/xl/workbook.xml" ContentType="' + main + b'"/>'
        assert override in content
        content = content.replace(override, b"").replace(
            b'Extension="xml" ContentType="application/xml"',
            b'Extension="xml" ContentType="' + main + b'"',
        )
    return name, content


@pytest.mark.parametrize(
    "change",
    [upper_shared_strings, empty_fills, odd_fonts, default_types],
    ids=lambda f: f.__name__,
)
def test_sound_files_of_unusual_writers_are_read_and_marked(
    tmp_path: Path, change: Callable[[str, bytes], tuple[str, bytes]]
) -> None:
    path = rewritten(book(tmp_path, [person(1), person(2, 入党时间="不详")]), change)
    parsed = read(path)
    assert (len(parsed.rows), parsed.refused) == (1, {"unreadable_date": 1})
    target = tmp_path / "marked.xlsx"
    mark_errors(path, parsed.errors, target)
    listed = openpyxl.load_workbook(io.BytesIO(target.read_bytes()))[LIST_TITLE]
    cells = [cell.value for line in listed.iter_rows() for cell in line]
    assert "不详" in cells


def test_the_sheet_tells_how_new_it_can_be(tmp_path: Path) -> None:
    moment = dt.datetime(2026, 5, 4, 3, 2, 1)
    path = book(tmp_path, [person()], more=lambda m, s: m.set_properties({"created": moment}))
    assert read(path).saved_at == moment.replace(tzinfo=dt.UTC)


def test_organisation_columns_that_are_filled_down_are_not_its_own() -> None:
    shared = {spec.title for spec in ORGANIZATION_COLUMNS if not spec.is_own}
    assert {"组织类别", "上级党组织", "所属领域"} <= shared
    assert "党组织全称" not in shared

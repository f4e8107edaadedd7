"""The roster of party organisations (党组织花名册) as staff keep it: sheet in, checked rows out.

Pure: knows names, not rows of the database. Errors come in this order, and a row counts under
its first one: formula_in_cell and error_in_cell, name_missing, duplicate_name,
missing_required (组织类别), unknown_kind, unknown_parent, too_long, unreadable_date, ambiguous_date,
date_in_future, not_a_count, unknown_sector, unknown_situation, and last, once all rows are
read, parent_refused and parent_cycle.
"""

import dataclasses
import datetime
import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from core.dates import ReadDate
from core.identity import credit_code_problem, mask_phone, normalise
from core.tabular.errors import CellError
from core.tabular.headers import ColumnSpec, find_all
from core.tabular.parsed import Cells, ParsedSheet, as_text, file_notes, stated_date
from core.tabular.reading import read_sheets
from core.tabular.rows import data_rows
from core.text import compact_name, match_key, to_half_width

from .enums import OrganizationKind, Sector, UnitSituation

COLUMNS = (
    ColumnSpec("number", "序号", ("编号", "序"), is_ignored=True),
    ColumnSpec(
        "name",
        "党组织全称",
        ("党组织名称", "组织名称", "组织全称", "全称", "名称"),
        is_required=True,
        is_own=True,
        max_length=100,
    ),
    ColumnSpec("short_name", "简称", ("党组织简称", "组织简称"), is_own=True, max_length=60),
    ColumnSpec("former_name", "曾用名", ("党组织曾用名", "原名称"), is_own=True, max_length=100),
    ColumnSpec(
        "kind",
        "组织类别",
        ("党组织类别", "类别", "组织类型", "党组织类型"),
        is_required=True,
        max_length=20,
    ),
    ColumnSpec(
        "parent",
        "上级党组织",
        ("上级党组织名称", "上级组织", "隶属党组织", "上级"),
        is_required=True,
        max_length=100,
    ),
    ColumnSpec(
        "secretary",
        "书记",
        ("党组织书记", "书记姓名", "支部书记", "书记（姓名）"),
        is_own=True,
        max_length=50,
    ),
    ColumnSpec("deputies", "副书记", ("党组织副书记", "副书记姓名"), is_own=True, max_length=200),
    ColumnSpec("organization_commissioner", "组织委员", ("委员组织",), is_own=True, max_length=200),
    ColumnSpec("publicity_commissioner", "宣传委员", ("委员宣传",), is_own=True, max_length=200),
    ColumnSpec("discipline_commissioner", "纪检委员", ("委员纪检",), is_own=True, max_length=200),
    ColumnSpec("commissioners", "委员", ("其他委员", "委员姓名"), is_own=True, max_length=500),
    ColumnSpec("contact", "联系人", ("党组织联系人", "联络员"), is_own=True, max_length=50),
    ColumnSpec(
        "phone",
        "联系电话",
        ("电话", "联系人电话", "手机", "手机号", "联系方式"),
        is_own=True,
        max_length=40,
        mask=mask_phone,
    ),
    ColumnSpec("founded", "成立时间", ("成立日期", "党组织成立时间", "组建时间"), is_own=True),
    ColumnSpec(
        "elected",
        "换届时间",
        ("换届日期", "本届换届时间", "最近换届时间", "上次换届时间", "本届起始"),
    ),
    ColumnSpec("term_ends", "届满时间", ("届满日期", "任期届满时间", "应换届时间")),
    ColumnSpec(
        "member_count", "党员数", ("党员总数", "党员人数", "党员数合计", "党员数小计", "党员数总数")
    ),
    ColumnSpec("full_count", "正式党员数", ("党员数正式", "党员数正式党员", "正式党员", "正式")),
    ColumnSpec(
        "probationary_count", "预备党员数", ("党员数预备", "党员数预备党员", "预备党员", "预备")
    ),
    ColumnSpec("female_count", "女党员数", ("党员数女", "党员数女党员", "女党员")),
    ColumnSpec("under_35_count", "35岁以下", ("党员数35岁以下", "35岁以下党员")),
    ColumnSpec("over_60_count", "60岁以上", ("党员数60岁以上", "60岁以上党员")),
    ColumnSpec("minority_count", "少数民族", ("党员数少数民族", "少数民族党员")),
    ColumnSpec("college_count", "大专以上", ("党员数大专以上", "大专及以上", "党员数大专及以上")),
    ColumnSpec("mobile_count", "流动党员数", ("党员数流动", "党员数流动党员", "流动党员", "流动")),
    ColumnSpec("group_count", "党小组数", ("党小组", "党小组个数")),
    ColumnSpec("sector", "所属领域", ("组织所属领域", "领域"), max_length=20),
    ColumnSpec("unit", "所在单位", ("所在单位名称", "单位名称"), max_length=100),
    ColumnSpec("unit_nature", "单位性质", ("单位类别", "单位性质类别"), max_length=40),
    ColumnSpec("unit_situation", "所在单位情况", ("组织所在单位情况", "单位情况"), max_length=20),
    ColumnSpec(
        "unit_code",
        "统一社会信用代码",
        ("单位代码", "信用代码", "单位统一社会信用代码"),
        max_length=40,
    ),
    ColumnSpec("note", "备注", ("备 注", "说明"), max_length=500),
)

COUNTS = tuple(spec.key for spec in COLUMNS if spec.key.endswith("_count"))

_KINDS = {
    "党工委": OrganizationKind.WORK_COMMITTEE,
    "工委": OrganizationKind.WORK_COMMITTEE,
    "工作委员会": OrganizationKind.WORK_COMMITTEE,
    "直属党委": OrganizationKind.DIRECT_COMMITTEE,
    "基层党委": OrganizationKind.GRASSROOTS_COMMITTEE,
    "基层委员会": OrganizationKind.GRASSROOTS_COMMITTEE,
    "611": OrganizationKind.GRASSROOTS_COMMITTEE,
    "党总支": OrganizationKind.GENERAL_BRANCH,
    "总支": OrganizationKind.GENERAL_BRANCH,
    "总支部": OrganizationKind.GENERAL_BRANCH,
    "党总支部": OrganizationKind.GENERAL_BRANCH,
    "621": OrganizationKind.GENERAL_BRANCH,
    "党支部": OrganizationKind.BRANCH,
    "支部": OrganizationKind.BRANCH,
    "631": OrganizationKind.BRANCH,
    "联合党支部": OrganizationKind.JOINT_BRANCH,
    "联合支部": OrganizationKind.JOINT_BRANCH,
    "632": OrganizationKind.JOINT_BRANCH,
    "临时党支部": OrganizationKind.TEMPORARY_BRANCH,
    "临时支部": OrganizationKind.TEMPORARY_BRANCH,
    "931": OrganizationKind.TEMPORARY_BRANCH,
    "党小组": OrganizationKind.PARTY_GROUP,
}
_COMMITTEE_WORDS = frozenset(("党委", "委员会", "党的委员会", "党委会"))
_KINDS_WANTED = "请填党工委、党委、党总支、党支部、联合党支部、临时党支部或党小组"

_SECTORS = {match_key(sector.label): sector.value for sector in Sector} | {
    "非公企业": Sector.PRIVATE_ENTERPRISE.value,
    "机关": Sector.ORGAN.value,
    "事业单位": Sector.INSTITUTION.value,
    "社区": Sector.COMMUNITY.value,
    "街道": Sector.COMMUNITY.value,
    "村": Sector.RURAL.value,
}
_SITUATIONS = {match_key(situation.label): situation.value for situation in UnitSituation}
_BETWEEN_NAMES = re.compile(r"[、,，;；/\n]+")
_NO_CHAIR = frozenset(("空缺", "缺", "暂缺", "待定"))


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """A good row. Names of people are compact; empty texts are "", absent dates and counts None."""

    sheet: str
    row: int
    name: str
    key: str
    """What the name is compared by: `core.text.match_key(name)`."""
    kind: str
    """A value of `OrganizationKind`; 党委 right under a 党工委 is a direct committee."""
    parent: str
    """Full name of the superior organisation, "" for the root."""
    parent_key: str
    parent_known: Hashable | None
    """What `known_organizations` gave for the superior, when it is not in the sheet."""
    short_name: str
    former_name: str
    secretary: str
    deputies: tuple[str, ...]
    organization_commissioners: tuple[str, ...]
    publicity_commissioners: tuple[str, ...]
    discipline_commissioners: tuple[str, ...]
    commissioners: tuple[str, ...]
    contact: str
    phone: str
    founded: ReadDate | None
    elected: ReadDate | None
    term_ends: ReadDate | None
    counts: Mapping[str, int]
    """Figures the sheet states, by column key (member_count, full_count …); only those given."""
    sector: str
    unit: str
    unit_nature: str
    unit_situation: str
    unit_code: str
    note: str


def read_organizations(
    path: str | Path,
    known_organizations: Mapping[str, Hashable] | None = None,
    *,
    name: str | None = None,
    today: datetime.date | None = None,
) -> ParsedSheet[OrganizationRow]:
    """Read and check a roster of organisations.

    `known_organizations`: full and short names that already exist -> anything that identifies
    them; they may be superiors, too. `name`: the file's name as uploaded. `today` bounds
    founding and election dates (no bound when None). Raises `SheetRefused`.
    """
    found, hidden = find_all(read_sheets(path, name=name), COLUMNS)
    known = {match_key(title): key for title, key in (known_organizations or {}).items()}
    opened = []
    prefilled: dict[str, list[int]] = {}
    named: dict[str, tuple[str, int]] = {}  # key of every name in the file -> where first
    for sheet, header in found:
        rows = list(data_rows(sheet, header, COLUMNS, prefilled.setdefault(sheet.name, [])))
        opened.append((sheet, header, rows))
        place = header.columns["name"]
        for number, row in rows:
            key = match_key(as_text(row[place]))
            if key:
                named.setdefault(key, (sheet.name, number))
    shorts: dict[str, str] = {}  # short name -> full name, while only one carries it
    for _sheet, header, rows in opened:
        short = header.columns.get("short_name")
        if short is None:
            continue
        for _number, row in rows:
            key, full = (
                match_key(as_text(row[short])),
                match_key(as_text(row[header.columns["name"]])),
            )
            if key and full:
                shorts[key] = full if shorts.get(key, full) == full else ""

    good: list[OrganizationRow] = []
    errors: list[CellError] = []
    warnings: list[CellError] = []
    cells_of: dict[str, Cells] = {}
    row_count = 0
    as_of = None
    for sheet, header, rows in opened:
        cells = cells_of[sheet.name] = Cells(sheet, header, COLUMNS)
        as_of = as_of or stated_date(sheet, header, today=today)
        latest = max(filter(None, (today, as_of)), default=None) if today else None
        for number, row in rows:
            row_count += 1
            cells.open(number, row)
            taken = _take(cells, sheet.name, named, shorts, known, latest)
            if not cells.has_failed and taken is not None:
                good.append(taken)
        errors.extend(cells.errors)
        warnings.extend(cells.warnings)
    good, late = _keep_rooted(good, cells_of, opened)
    return ParsedSheet(
        rows=tuple(_with_committee_kinds(good)),
        errors=tuple(errors + late),
        warnings=tuple(warnings),
        row_count=row_count,
        sheets=tuple(sheet.name for sheet, _ in found),
        unknown_columns=tuple(
            (sheet.name, letter, title)
            for sheet, header in found
            for letter, title in header.unknown
        ),
        notes=file_notes(found, hidden, prefilled, COLUMNS),
        as_of=as_of,
        saved_at=found[0][0].saved_at,
    )


def parents_first(rows: Iterable[OrganizationRow]) -> list[OrganizationRow]:
    """The rows so ordered that every superior in them comes before its subordinates."""
    rows = list(rows)
    below: dict[str, list[OrganizationRow]] = {}
    keys = {row.key for row in rows}
    for row in rows:
        below.setdefault(row.parent_key if row.parent_key in keys else "", []).append(row)
    ordered: list[OrganizationRow] = []
    waiting = list(below.get("", ()))
    while waiting:
        ordered.extend(waiting)
        waiting = [child for row in waiting for child in below.get(row.key, ())]
    return ordered


def _take(
    cells: Cells,
    sheet: str,
    named: Mapping[str, tuple[str, int]],
    shorts: Mapping[str, str],
    known: Mapping[str, Hashable],
    latest: datetime.date | None,
) -> OrganizationRow | None:
    title = cells.text("name")
    key = match_key(title)
    if not title:
        cells.fail("name", "name_missing", "请填党组织全称")
    elif named[key] != (sheet, cells.number):
        first_sheet, first_row = named[key]
        where = f"第 {first_row} 行" if first_sheet == sheet else f"{first_sheet} 第 {first_row} 行"
        cells.fail("name", "duplicate_name", f"与{where}重复，请删去一行或改正名称")
    kind = _take_kind(cells)
    parent = cells.text("parent")
    parent_key = match_key(parent)
    parent_key = parent_key if parent_key in named else shorts.get(parent_key) or parent_key
    parent_known = None
    if not parent_key:
        if kind and kind != OrganizationKind.WORK_COMMITTEE:
            cells.fail("parent", "unknown_parent", "请填上级党组织的全称；只有党工委可以没有上级")
    elif parent_key not in named:
        parent_known = known.get(parent_key)
        if parent_known is None:
            cells.fail("parent", "unknown_parent", "请填本表或系统中已有的党组织全称")
    dates = {
        item: cells.date(item, latest=latest)
        if latest and item != "term_ends"
        else cells.date(item)
        for item in ("founded", "elected", "term_ends")
    }
    counts = {item: cells.count(item) for item in COUNTS}
    sector = cells.choice(
        "sector",
        lambda text: _SECTORS.get(match_key(text)),
        "unknown_sector",
        "请填" + "、".join(sector.label for sector in Sector),
    )
    situation = cells.choice(
        "unit_situation",
        lambda text: _SITUATIONS.get(match_key(text)),
        "unknown_situation",
        "请填" + "、".join(situation.label for situation in UnitSituation),
    )
    unit_code = normalise(cells.text("unit_code"))
    if unit_code and credit_code_problem(unit_code):
        cells.warn("unit_code", "credit_code_unusual", "统一社会信用代码应为 18 位且校验码相符")
    if (
        dates["elected"]
        and dates["term_ends"]
        and dates["term_ends"].value < dates["elected"].value
    ):
        cells.warn("term_ends", "term_ends_before_election", "届满时间早于换届时间，请核对")
    secretary = compact_name(cells.text("secretary"))
    texts = {
        item: cells.text(item)
        for item in ("short_name", "former_name", "unit", "unit_nature", "note")
    }
    people = {
        item: _people(cells.text(item))
        for item in (
            "deputies",
            "organization_commissioner",
            "publicity_commissioner",
            "discipline_commissioner",
            "commissioners",
        )
    }
    contact, phone = compact_name(cells.text("contact")), to_half_width(cells.text("phone"))
    if "*" in phone:  # of a masked export: it says nothing
        phone = ""
    if cells.has_failed or kind is None:
        return None
    return OrganizationRow(
        sheet=sheet,
        row=cells.number,
        name=title,
        key=key,
        kind=kind,
        parent=parent,
        parent_key=parent_key,
        parent_known=parent_known,
        short_name=texts["short_name"],
        former_name=texts["former_name"],
        secretary="" if secretary in _NO_CHAIR else secretary,
        deputies=people["deputies"],
        organization_commissioners=people["organization_commissioner"],
        publicity_commissioners=people["publicity_commissioner"],
        discipline_commissioners=people["discipline_commissioner"],
        commissioners=people["commissioners"],
        contact=contact,
        phone=phone,
        founded=dates["founded"],
        elected=dates["elected"],
        term_ends=dates["term_ends"],
        counts={item: count for item, count in counts.items() if count is not None},
        sector=cast(str, sector or ""),
        unit=texts["unit"],
        unit_nature=texts["unit_nature"],
        unit_situation=cast(str, situation or ""),
        unit_code=unit_code,
        note=texts["note"],
    )


def _take_kind(cells: Cells) -> str | None:
    text = match_key(cells.text("kind"))
    if not text:
        cells.fail("kind", "missing_required", _KINDS_WANTED)
        return None
    if text in _COMMITTEE_WORDS:
        return OrganizationKind.GRASSROOTS_COMMITTEE.value + "?"  # settled by its superior
    kind = _KINDS.get(text)
    if kind is None:
        cells.fail("kind", "unknown_kind", _KINDS_WANTED)
        return None
    return kind.value


def _people(text: str) -> tuple[str, ...]:
    names = (compact_name(part) for part in _BETWEEN_NAMES.split(text))
    return tuple(name for name in names if name and name not in _NO_CHAIR)


def _with_committee_kinds(rows: Iterable[OrganizationRow]) -> list[OrganizationRow]:
    rows = list(rows)
    roots = {row.key for row in rows if row.kind == OrganizationKind.WORK_COMMITTEE}
    return [
        dataclasses.replace(
            row,
            kind=OrganizationKind.DIRECT_COMMITTEE.value
            if row.parent_key in roots
            else OrganizationKind.GRASSROOTS_COMMITTEE.value,
        )
        if row.kind.endswith("?")
        else row
        for row in rows
    ]


def _keep_rooted(
    rows: list[OrganizationRow], cells_of: Mapping[str, Cells], opened: list
) -> tuple[list[OrganizationRow], list[CellError]]:
    """Drops rows whose line of superiors ends in a refused row or goes round in a circle."""
    by_key = {row.key: row for row in rows}
    below: dict[str, list[OrganizationRow]] = {}
    for row in rows:
        below.setdefault(row.parent_key, []).append(row)
    kept = {row.key for row in rows if not row.parent_key or row.parent_known is not None}
    waiting = list(kept)
    while waiting:
        reached = [child.key for key in waiting for child in below.get(key, ())]
        kept.update(reached)
        waiting = reached
    late: list[CellError] = []
    values = {
        (sheet.name, number): row for sheet, _header, numbered in opened for number, row in numbered
    }
    for row in rows:
        if row.key in kept:
            continue
        cells = cells_of[row.sheet]
        before = len(cells.errors)
        cells.open(row.row, values[row.sheet, row.row])
        if _is_circular(row, by_key):
            cells.fail("parent", "parent_cycle", "上级党组织不能是自己或自己的下级")
        else:
            cells.fail("parent", "parent_refused", "请先改正上级党组织那一行")
        late.extend(cells.errors[before:])
    return [row for row in rows if row.key in kept], late


def _is_circular(row: OrganizationRow, by_key: Mapping[str, OrganizationRow]) -> bool:
    seen = {row.key}
    step: OrganizationRow | None = by_key.get(row.parent_key)
    while step is not None:
        if step.key in seen:
            return True
        seen.add(step.key)
        step = by_key.get(step.parent_key)
    return False

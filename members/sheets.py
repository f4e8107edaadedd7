"""The roster of members (党员花名册) as staff keep it: sheet in, checked rows out.

Pure: organisations are given as names. Errors come in this order, and a row counts under its
first one: formula_in_cell and error_in_cell, too_long or name_missing, identity_number_lost_precision,
identity_number_missing, identity_number_old, identity_number_length, identity_number_format,
identity_number_check_digit, identity_number_area, identity_number_birth_date,
duplicate_identity_number, missing_required (所在党支部), unknown_organisation,
ambiguous_organisation, missing_required (人员类别), unknown_category, missing_required
(入党时间), unreadable_date or ambiguous_date, date_in_future, unknown_sex, unknown_ethnicity, unknown_education,
unknown_state, not_yes_or_no, too_long (of the other texts).

Of two rows with one identity number the first is kept and every later one refused, also when
the first is refused for a reason of its own: correcting that must not bring in both.
"""

import datetime
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from core import identity, phones
from core.dates import ReadDate
from core.identity import mask_address, mask_identity, mask_phone
from core.tabular.errors import CellError
from core.tabular.headers import ColumnSpec, find_all
from core.tabular.parsed import Cells, ParsedSheet, file_notes, stated_date
from core.tabular.reading import read_sheets
from core.tabular.rows import data_rows
from core.text import NAME, compact_name, match_key, to_half_width

from .codes import EDUCATION, nearest_education, parse_education, parse_ethnicity, parse_sex
from .enums import Category, MembershipState

COLUMNS = (
    ColumnSpec("number", "序号", ("编号", "序"), is_ignored=True),
    ColumnSpec("name", "姓名", ("党员姓名", "名字"), is_required=True, is_own=True, max_length=50),
    ColumnSpec("sex", "性别", max_length=10),
    ColumnSpec("ethnicity", "民族", max_length=20),
    ColumnSpec(
        "identity_number",
        "公民身份号码",
        (
            "身份证号",
            "身份证号码",
            "身份号码",
            "公民身份证号码",
            "公民身份证号",
            "居民身份证号码",
            "证件号码",
            "证件号",
        ),
        is_required=True,
        is_own=True,
        max_length=40,
        mask=mask_identity,
    ),
    ColumnSpec("birth", "出生日期", ("出生年月", "出生年月日", "出生时间", "生日"), is_own=True),
    ColumnSpec("native_place", "籍贯", max_length=60),
    ColumnSpec("education", "学历", ("文化程度", "最高学历", "学历层次"), max_length=20),
    ColumnSpec("degree", "学位", max_length=40),
    ColumnSpec(
        "category",
        "人员类别",
        ("党员类别", "人员类型", "类别", "党员类型", "政治面貌"),
        is_required=True,
        max_length=20,
    ),
    ColumnSpec(
        "joined",
        "入党时间",
        ("入党日期", "加入党组织日期", "加入党组织时间", "加入中共组织的时间", "加入日期"),
        is_required=True,
        is_own=True,
    ),
    ColumnSpec(
        "full_member",
        "转正时间",
        ("转正日期", "转为正式党员日期", "转为正式党员时间"),
        is_own=True,
    ),
    ColumnSpec(
        "organization",
        "所在党支部",
        (
            "所在支部",
            "所属党支部",
            "所属支部",
            "所在党组织",
            "隶属党组织",
            "党支部",
            "所在党支部名称",
            "组织关系所在党支部",
        ),
        is_required=True,
        max_length=100,
    ),
    ColumnSpec("party_post", "党内职务", ("党内职务名称", "现任党内职务"), max_length=40),
    ColumnSpec("job", "工作岗位", ("岗位", "职业"), max_length=60),
    ColumnSpec(
        "work_unit", "工作单位及职务", ("工作单位", "单位及职务", "工作单位和职务"), max_length=100
    ),
    ColumnSpec(
        "phone",
        "联系电话",
        ("手机", "手机号", "手机号码", "电话", "联系方式", "移动电话"),
        is_own=True,
        max_length=40,
        mask=mask_phone,
    ),
    ColumnSpec(
        "address",
        "家庭住址",
        ("住址", "家庭地址", "现居住地", "现住址", "居住地址", "家庭住址门牌号"),
        is_own=True,
        max_length=200,
        mask=mask_address,
    ),
    ColumnSpec("state", "党籍状态", max_length=20),
    ColumnSpec(
        "is_lost_contact",
        "是否失联党员",
        ("是否失联", "失联党员", "失联", "是否为失联党员"),
        max_length=10,
    ),
    ColumnSpec("lost_contact_since", "失去联系日期", ("失联日期", "失去联系时间", "失联时间")),
    ColumnSpec(
        "is_mobile",
        "是否流动党员",
        ("是否流动", "流动党员", "流动", "是否为流动党员"),
        max_length=10,
    ),
    ColumnSpec("mobile_to", "外出流向", ("流向", "流动去向", "外出地点"), max_length=60),
    ColumnSpec("note", "备注", max_length=500),
)

_FULL, _PROBATIONARY = Category.FULL.value, Category.PROBATIONARY.value
_CATEGORIES = {
    "正式党员": _FULL,
    "正式": _FULL,
    "中共党员": _FULL,
    "预备党员": _PROBATIONARY,
    "预备": _PROBATIONARY,
    "中共预备党员": _PROBATIONARY,
}
_STATES = {
    "正常": MembershipState.NORMAL.value,
    "停止党籍": MembershipState.SUSPENDED.value,
}
_YES_OR_NO = {
    "是": True,
    "y": True,
    "yes": True,
    "√": True,
    "✓": True,
    "有": True,
    "1": True,
    "否": False,
    "n": False,
    "no": False,
    "×": False,
    "不是": False,
    "0": False,
    "x": False,
}
_IDENTITY_WANTED = {
    "identity_number_lost_precision": "按数字存放已丢失末几位，请把该列设为文本后重新填写 18 位号码",
    "identity_number_missing": "请填 18 位公民身份号码",
    "identity_number_old": "这是 15 位旧号码，请填 18 位",
    "identity_number_length": "应为 18 位",
    "identity_number_format": "应为 17 位数字加 1 位数字或 X",
    "identity_number_check_digit": "校验码不符，请对照证件核对每一位",
    "identity_number_area": "前两位不是省级代码，请核对",
    "identity_number_birth_date": "第 7 至 14 位不是日期，请核对",
}

Key = TypeVar("Key", bound=Hashable)
KnownOrganizations = Mapping[str, Key] | Iterable[tuple[str, Key]] | Callable[[str], Key | None]


@dataclass(frozen=True, slots=True)
class MemberRow(Generic[Key]):
    """A good row. Codes are those of `members.codes` and `members.enums`; empty texts are "".

    `sex` and `birth_on` come from the identity number where the sheet leaves them empty.
    """

    sheet: str
    row: int
    name: str
    sex: str
    ethnicity: str
    identity_number: str
    birth_on: datetime.date
    education: str
    category: str
    joined: ReadDate
    full_member: ReadDate | None
    organization: Key
    """What `known_organizations` gave for the name in the sheet."""
    organization_name: str
    party_post: str
    job: str
    work_unit: str
    native_place: str
    degree: str
    phone: str
    address: str
    state: str
    """A value of `MembershipState`, "" when the sheet has no such column or leaves it empty."""
    is_lost_contact: bool | None
    lost_contact_since: ReadDate | None
    is_mobile: bool | None
    mobile_to: str
    note: str


class _Ambiguous:
    """Stands for an organisation name that two organisations share."""


class _Organizations(Generic[Key]):
    """Looks names up, tolerant of blanks and full-width characters; remembers what it found."""

    def __init__(self, known: KnownOrganizations[Key]) -> None:
        self._ask = known if callable(known) else None
        self._found: dict[str, Key | _Ambiguous | None] = {}
        if callable(known):
            return
        for title, key in known.items() if isinstance(known, Mapping) else known:
            place = match_key(title)
            if place and self._found.setdefault(place, key) != key:
                self._found[place] = _Ambiguous()

    def find(self, title: str) -> Key | _Ambiguous | None:
        place = match_key(title)
        if place not in self._found and self._ask is not None:
            self._found[place] = self._ask(title)
        return self._found.get(place)


def read_members(
    path: str | Path,
    known_organizations: KnownOrganizations[Key],
    *,
    name: str | None = None,
    today: datetime.date | None = None,
) -> ParsedSheet[MemberRow[Key]]:
    """Read and check a roster of members.

    `known_organizations`: full and short names of organisations -> anything that identifies
    them, as a mapping, as pairs, or as a function (None for an unknown name). A name with two
    different keys, also one differing in blanks or width only, is ambiguous. `name`: the file's name as
    uploaded. `today`: dates of birth, joining and becoming a full member later than this and
    than the sheet's own 填报时间 are refused; no bound when None. Raises `SheetRefused`.
    """
    found, hidden = find_all(read_sheets(path, name=name), COLUMNS)
    organizations = _Organizations(known_organizations)
    rows: list[MemberRow[Key]] = []
    errors: list[CellError] = []
    warnings: list[CellError] = []
    seen: dict[str, tuple[str, int]] = {}
    prefilled: dict[str, list[int]] = {}
    row_count = 0
    as_of = None
    for sheet, header in found:
        cells = Cells(sheet, header, COLUMNS)
        stated = stated_date(sheet, header, today=today)
        as_of = as_of or stated
        latest = max(today, stated) if today and stated else today
        for number, row in data_rows(sheet, header, COLUMNS, prefilled.setdefault(sheet.name, [])):
            row_count += 1
            cells.open(number, row)
            taken = _take(cells, sheet.name, organizations, seen, latest or datetime.date.max)
            if taken is not None:
                rows.append(taken)
        errors.extend(cells.errors)
        warnings.extend(cells.warnings)
    return ParsedSheet(
        rows=tuple(rows),
        errors=tuple(errors),
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


def _take(
    cells: Cells,
    sheet: str,
    organizations: _Organizations[Key],
    seen: dict[str, tuple[str, int]],
    latest: datetime.date,
) -> MemberRow[Key] | None:
    name = compact_name(cells.text("name"))
    if not name:
        cells.fail("name", "name_missing", "请填姓名")
    number, is_sound = _take_identity(cells, sheet, seen)
    organization_name, organization = _take_organization(cells, organizations)
    category = cells.choice(
        "category", _parse_category, "unknown_category", "请填正式党员或预备党员"
    )
    if category is None:
        cells.fail("category", "missing_required", "请填正式党员或预备党员")
    joined = cells.date("joined", latest=latest)
    if joined is None:
        cells.fail("joined", "missing_required", "请填入党时间，如 1999-07-01")
    full_member = cells.date("full_member", latest=latest)
    birth = cells.date(
        "birth", latest=latest, known=identity.birth_date(number) if is_sound else None
    )
    sex = cells.choice("sex", parse_sex, "unknown_sex", "请填男或女")
    ethnicity = cells.choice(
        "ethnicity", parse_ethnicity, "unknown_ethnicity", "请填民族名称，如汉族"
    )
    education = cells.choice(
        "education",
        lambda text: parse_education(text) or nearest_education(text),
        "unknown_education",
        "请填学历，如大学本科、大专、高中、初中",
    )
    state = cells.choice("state", _parse_state, "unknown_state", "请填正常或停止党籍")
    is_lost = cells.choice("is_lost_contact", _parse_yes_or_no, "not_yes_or_no", "请填是或否")
    lost_since = cells.date("lost_contact_since", latest=latest)
    is_mobile = cells.choice("is_mobile", _parse_yes_or_no, "not_yes_or_no", "请填是或否")
    text = cells.text
    party_post, job, work_unit = text("party_post"), text("job"), text("work_unit")
    native_place, degree, mobile_to, note = (
        text("native_place"),
        text("degree"),
        text("mobile_to"),
        text("note"),
    )
    phone, address = to_half_width(text("phone")), text("address")
    if cells.has_failed or not is_sound or joined is None:
        return None
    taken = MemberRow(
        sheet=sheet,
        row=cells.number,
        name=name,
        sex=str(sex or identity.sex(number)),
        ethnicity=str(ethnicity or ""),
        identity_number=number,
        birth_on=birth.value if birth and birth.precision == "day" else identity.birth_date(number),
        education=str(education or ""),
        category=str(category),
        joined=joined,
        full_member=full_member,
        organization=organization,
        organization_name=organization_name,
        party_post=party_post,
        job=job,
        work_unit=work_unit,
        native_place=native_place,
        degree=degree,
        phone=phone,
        address=address,
        state=str(state or ""),
        is_lost_contact=None if is_lost is None else bool(is_lost),
        lost_contact_since=lost_since,
        is_mobile=None if is_mobile is None else bool(is_mobile),
        mobile_to=mobile_to,
        note=note,
    )
    _warn(cells, taken, birth)
    return taken


def _take_identity(cells: Cells, sheet: str, seen: dict[str, tuple[str, int]]) -> tuple[str, bool]:
    value = cells.raw("identity_number")
    if isinstance(value, str):
        number = identity.normalise(cells.text("identity_number"))
        code = identity.problem(number)
    else:  # a number cell has kept 15 digits at most
        number, code = "", "identity_number_lost_precision"
    if code is not None:
        found = (
            None
            if isinstance(value, str)
            else f"数字 {value:.1E}"
            if isinstance(value, float)
            else "数字"
        )
        cells.fail("identity_number", code, _IDENTITY_WANTED[code], found=found)
        return number, False
    first = seen.setdefault(number, (sheet, cells.number))
    if first != (sheet, cells.number):
        where = f"第 {first[1]} 行" if first[0] == sheet else f"{first[0]} 第 {first[1]} 行"
        cells.fail(
            "identity_number", "duplicate_identity_number", f"与{where}相同，请删去一行或改正号码"
        )
        return number, False
    return number, True


def _take_organization(cells: Cells, organizations: _Organizations[Key]) -> tuple[str, Key]:
    title = cells.text("organization")
    found = organizations.find(title) if title else None
    if not title:
        cells.fail("organization", "missing_required", "请填所在党支部的全称")
    elif found is None:
        cells.fail("organization", "unknown_organisation", "系统中没有这个党组织，请填全称")
    elif isinstance(found, _Ambiguous):
        cells.fail("organization", "ambiguous_organisation", "有几个党组织叫这个名字，请填全称")
    return title, found  # type: ignore[return-value]  # only used when nothing has failed


def _warn(cells: Cells, row: MemberRow[Key], birth: ReadDate | None) -> None:
    number, born = row.identity_number, identity.birth_date(row.identity_number)
    if birth is not None and not birth.agrees_with(born):
        cells.warn("birth", "birth_date_differs", f"身份号码中是 {born:%Y-%m-%d}，请核对")
    if row.education and not parse_education(cells.text("education")):
        cells.warn("education", "education_nearest", f"按“{EDUCATION[row.education]}”登记，请核对")
    if row.sex != identity.sex(number) and row.sex in "12":
        cells.warn("sex", "sex_differs", "与身份号码第 17 位不符，请核对")
    joined, full = row.joined.value, row.full_member
    if (joined.year, joined.month) < (born.year + 18, born.month):
        cells.warn(
            "joined", "joined_under_18", f"入党时未满 18 周岁（{born:%Y-%m-%d} 出生），请核对"
        )
    if full is not None and full.value < joined.replace(day=1):
        cells.warn("full_member", "full_member_before_joining", "转正时间早于入党时间，请核对")
    if row.category == _FULL and full is None and cells.has("full_member"):
        cells.warn("full_member", "full_member_date_missing", "正式党员应填转正时间")
    if row.category == _PROBATIONARY and full is not None:
        cells.warn("full_member", "probationary_with_full_date", "预备党员不应有转正时间，请核对")
    if not NAME.fullmatch(row.name):
        cells.warn("name", "name_unusual", "姓名中有不常见的字符，请核对")
    if row.phone and not phones.is_phone(row.phone):
        cells.warn("phone", "phone_unusual", "请填 11 位手机号，固定电话加区号")


def _parse_category(text: str) -> str | None:
    return _CATEGORIES.get(match_key(text))


def _parse_state(text: str) -> str | None:
    return _STATES.get(match_key(text))


def _parse_yes_or_no(text: str) -> bool | None:
    return _YES_OR_NO.get(match_key(text))

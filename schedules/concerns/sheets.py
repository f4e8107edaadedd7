"""The city's sheet of 12345 work orders: sheet in, checked rows out.

Pure: knows names, not rows of the database.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.dates import AmbiguousDate, read_date
from core.identity import mask_phone
from core.tabular.errors import CellError, SheetRefused
from core.tabular.headers import ColumnSpec, find_all
from core.tabular.parsed import NOTHING, Cells, ParsedSheet, file_notes
from core.tabular.reading import read_sheets
from core.tabular.rows import data_rows
from core.text import clean, match_key, to_half_width

from .enums import Urgency

MOST_ROWS = 500

COLUMNS = (
    ColumnSpec("line", "序号", ("序",), is_ignored=True),
    ColumnSpec(
        "number",
        "工单编号",
        ("工单号", "编号", "受理编号", "业务编号", "工单流水号"),
        is_required=True,
        is_own=True,
        max_length=40,
    ),
    ColumnSpec(
        "received",
        "来电时间",
        ("受理时间", "来电日期", "受理日期", "登记时间", "派单时间", "诉求时间"),
        is_own=True,
        max_length=40,
    ),
    ColumnSpec(
        "person",
        "来电人",
        ("诉求人", "姓名", "来电人姓名", "联系人", "反映人"),
        is_own=True,
        max_length=50,
        mask=lambda text: "",
    ),
    ColumnSpec(
        "phone",
        "联系电话",
        ("电话", "来电号码", "联系方式", "来电电话", "手机号"),
        is_own=True,
        max_length=30,
        mask=mask_phone,
    ),
    ColumnSpec(
        "text",
        "诉求内容",
        ("工单内容", "反映内容", "内容", "诉求描述", "来电内容", "主要内容"),
        is_required=True,
        is_own=True,
        max_length=1000,
        mask=lambda text: "",  # what somebody asks for is nobody's to read in a list of errors
    ),
    ColumnSpec("place", "地点", ("诉求地点", "事发地址", "地址", "发生地点"), max_length=100),
    ColumnSpec("kind", "诉求类别", ("类别", "问题类别", "诉求分类", "诉求类型"), max_length=60),
    ColumnSpec("urgency", "紧急程度", ("缓急", "工单等级", "是否紧急"), max_length=20),
    ColumnSpec(
        "organization",
        "承办单位",
        ("责任单位", "办理单位", "主办单位", "承办部门"),
        max_length=100,
    ),
    ColumnSpec("due", "办理期限", ("答复期限", "办结期限", "截止时间", "办理时限"), max_length=40),
)
_CLOCK = re.compile(r"(\d{1,2})\s*(?:[:时点])\s*(\d{1,2})?(?::\d{1,2})?\s*分?$")
_URGENT = ("紧急", "特急", "加急", "急件", "是", "急")


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A good row. Empty texts are "", what is not there is None."""

    sheet: str
    row: int
    number: str
    text: str
    place: str
    person: str
    phone: str
    kind: str
    urgency: Urgency
    organization: int | None
    received: dt.datetime | None
    due: dt.datetime | None


def read_orders(
    path: str | Path,
    known: Mapping[str, int] | None = None,
    *,
    name: str | None = None,
    now: dt.datetime,
) -> ParsedSheet[OrderRow]:
    """Reads and checks a sheet. `known`: names of organisations -> what identifies them; `now` in the
    portal's own time, without a zone. Raises SheetRefused, also for more than 500 rows."""
    found, hidden = find_all(read_sheets(path, name=name), COLUMNS)
    places = {match_key(title): key for title, key in (known or {}).items()}
    good: list[OrderRow] = []
    errors: list[CellError] = []
    warnings: list[CellError] = []
    prefilled: dict[str, list[int]] = {}
    seen: set[str] = set()
    count = 0
    for sheet, header in found:
        cells = Cells(sheet, header, COLUMNS)
        left_out = prefilled.setdefault(sheet.name, [])
        for number, row in data_rows(sheet, header, COLUMNS, left_out):
            count += 1
            if count > MOST_ROWS:
                raise SheetRefused(
                    "too_many_rows", f"一次最多导入 {MOST_ROWS} 件，请分成几个文件上传。"
                )
            cells.open(number, row)
            taken = _take(cells, sheet.name, places, now)
            if taken is not None and taken.number in seen:
                cells.fail("number", "duplicate_row", "这个工单编号在表里出现过，请删去一行")
            if taken is not None and not cells.has_failed:
                seen.add(taken.number)
                good.append(taken)
        errors.extend(cells.errors)
        warnings.extend(cells.warnings)
    return ParsedSheet(
        rows=tuple(good),
        errors=tuple(errors),
        warnings=tuple(warnings),
        row_count=count,
        sheets=tuple(sheet.name for sheet, _ in found),
        unknown_columns=tuple(
            (sheet.name, letter, title)
            for sheet, header in found
            for letter, title in header.unknown
        ),
        notes=file_notes(found, hidden, prefilled, COLUMNS, {}),
        saved_at=found[0][0].saved_at,
    )


def _take(cells: Cells, sheet: str, places: Mapping[str, int], now: dt.datetime) -> OrderRow | None:
    number = to_half_width(cells.text("number")).replace(" ", "")
    if not number:
        cells.fail("number", "missing_required", "请填工单编号")
    text = cells.text("text")
    if len(text) < 4:
        cells.fail("text", "missing_required", "请填群众反映的内容")
    received = _moment(cells, "received")
    if received is not None and received > now:
        cells.fail("received", "date_in_future", "来电时间不能晚于现在")
    due = _moment(cells, "due", dt.time(18))
    if due is not None and received is not None and due < received:
        cells.fail("due", "before_received", "办理期限早于来电时间")
    unit = cells.text("organization")
    organization = places.get(match_key(unit)) if unit else None
    if unit and organization is None:
        cells.warn("organization", "unknown_organisation", "不是系统里下级党组织的名称，放在待分派")
    said = cells.text("urgency")
    values = {key: cells.text(key) for key in ("place", "person", "phone", "kind")}
    if cells.has_failed:
        return None
    return OrderRow(
        sheet=sheet,
        row=cells.number,
        number=number,
        text=text,
        urgency=Urgency.URGENT if said in _URGENT else Urgency.NORMAL,
        organization=organization,
        received=received,
        due=due,
        **values,
    )


def _moment(cells: Cells, key: str, default: dt.time = dt.time(9)) -> dt.datetime | None:
    """A day with its time of day, if the cell says one."""
    value = cells.raw(key)
    if isinstance(value, dt.datetime):
        moment = value.replace(tzinfo=None)
        if moment.time() == dt.time():
            moment = dt.datetime.combine(moment.date(), default)
    else:
        text = to_half_width(clean(str(value))) if isinstance(value, str) else ""
        if isinstance(value, str) and text in NOTHING:
            return None
        clock = _CLOCK.search(text)
        time = default
        if clock and int(clock[1]) < 24 and int(clock[2] or 0) < 60:
            time = dt.time(int(clock[1]), int(clock[2] or 0))
            text = text[: clock.start()].rstrip(" T")
        try:
            found = read_date(text if isinstance(value, str) else value)
        except (AmbiguousDate, ValueError, OverflowError):
            cells.fail(key, "unreadable_date", "请写成 2026-03-05 15:00")
            return None
        moment = dt.datetime.combine(found.value, time)
    if not 2000 <= moment.year <= 2100:
        cells.fail(key, "unreadable_date", "请写成 2026-03-05 15:00")
        return None
    return moment

"""The ledger of meetings (三会一课台账) as branches keep it: sheet in, checked rows out.

Pure: knows names, not rows of the database. What a row says of who was there is only read here;
whether it fits the roll of its day is for `imports` to say.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from core.dates import AmbiguousDate, read_date
from core.tabular.addresses import column_letter
from core.tabular.errors import CellError, SheetRefused
from core.tabular.headers import ColumnSpec, Header, find_all
from core.tabular.parsed import NOTHING, Cells, ParsedSheet, as_text, file_notes
from core.tabular.reading import read_sheets
from core.tabular.rows import data_rows
from core.text import clean, compact_name, match_key, to_half_width

from .enums import GIVEN_LEAVE, AbsenceReason, MeetingKind

MOST_ROWS = 500

COLUMNS = (
    ColumnSpec("number", "序号", ("编号", "序"), is_ignored=True),
    ColumnSpec(
        "unit",
        "支部",
        (
            *("党支部", "支部名称", "党支部名称", "所在支部", "所在党支部", "召开支部"),
            *("单位", "召开单位", "党组织", "党组织名称", "组织名称", "召开党组织"),
        ),
        max_length=100,
    ),
    ColumnSpec("group", "党小组", ("所在党小组", "党小组名称"), max_length=100),
    ColumnSpec(
        "moment",
        "时间",
        (
            *("日期", "会议时间", "会议日期", "召开时间", "召开日期", "开展时间", "开展日期"),
            *("活动时间", "活动日期", "起止时间"),
        ),
        is_required=True,
        is_own=True,
        max_length=60,
    ),
    ColumnSpec("starts", "开始时间", ("开始", "开会时间")),
    ColumnSpec("ends", "结束时间", ("结束", "散会时间")),
    ColumnSpec(
        "kind",
        "类别",
        ("会议类别", "类型", "会议类型", "活动类别", "活动类型", "组织生活类别", "组织生活形式"),
        is_required=True,
        max_length=40,
    ),
    ColumnSpec("place", "地点", ("会议地点", "召开地点", "开展地点", "活动地点"), max_length=100),
    ColumnSpec("chair", "主持人", ("主持", "会议主持", "会议主持人"), max_length=50),
    ColumnSpec("recorder", "记录人", ("记录", "会议记录人"), max_length=50),
    ColumnSpec("speaker", "讲课人", ("授课人", "主讲人", "主讲"), max_length=50),
    ColumnSpec(
        "topic",
        "主题",
        ("会议主题", "会议名称", "活动主题", "名称", "党课题目"),
        is_own=True,
        max_length=100,
    ),
    ColumnSpec("agenda", "议题", ("会议议题", "议程", "会议议程"), max_length=1000),
    ColumnSpec(
        "summary", "内容", ("主要内容", "会议内容", "活动内容", "内容摘要"), max_length=3000
    ),
    ColumnSpec(
        "resolutions", "决议", ("会议决议", "形成决议", "决定", "决议事项"), max_length=2000
    ),
    ColumnSpec("guests", "列席", ("列席人员", "列席人"), max_length=300),
    ColumnSpec("expected", "应到", ("应到人数", "应到会人数", "应参加人数", "应到党员")),
    ColumnSpec(
        "present",
        "实到",
        (
            *("实到人数", "实到会人数", "到会", "到会人数", "实际到会人数"),
            *("参加人数", "出席人数", "实到党员"),
        ),
    ),
    ColumnSpec(
        "absent",
        "缺席及原因",
        (
            *("缺席", "缺席人员", "缺席人员及原因", "缺席名单", "缺席情况", "缺席原因"),
            *("请假人员", "请假及原因", "请假情况", "缺勤人员及原因", "未到人员及原因"),
        ),
        max_length=8000,  # of a branch of four hundred
        mask=lambda text: "",  # why somebody was ill is nobody's to read in a list of errors
    ),
    ColumnSpec("study", "补课情况", ("补课", "补学情况", "补课记录"), max_length=400),
    ColumnSpec("note", "备注", ("说明", "备 注"), max_length=600),
)

_KINDS = {match_key(kind.label): kind for kind in MeetingKind} | {
    "党员大会": MeetingKind.GENERAL_MEETING,
    "支部大会": MeetingKind.GENERAL_MEETING,
    "支部委员会": MeetingKind.COMMITTEE_MEETING,
    "支部委员会会议": MeetingKind.COMMITTEE_MEETING,
    "支委会会议": MeetingKind.COMMITTEE_MEETING,
    "支部委员会议": MeetingKind.COMMITTEE_MEETING,
    "党小组": MeetingKind.GROUP_MEETING,
    "党小组会议": MeetingKind.GROUP_MEETING,
    "小组会": MeetingKind.GROUP_MEETING,
    "上党课": MeetingKind.LESSON,
    "主题党日活动": MeetingKind.PARTY_DAY,
    "党日活动": MeetingKind.PARTY_DAY,
    "固定党日": MeetingKind.PARTY_DAY,
    "专题组织生活会": MeetingKind.LIFE_MEETING,
    "民主评议": MeetingKind.APPRAISAL,
}
_KINDS_WANTED = (
    "请填支部党员大会、支委会、党小组会、党课、主题党日、组织生活会或民主评议党员，一行一类"
)
_EVERYBODY = frozenset(("全勤", "全部到会", "全部到齐", "全到", "无缺席", "无人缺席", "到齐"))
# Words in which ledgers say why; the first that is found counts.
_REASONS = (
    (AbsenceReason.NONE, ("没有请假", "没请假", "未请假", "未说明", "无故", "旷", "无假")),
    (AbsenceReason.DUTY, ("公务", "公差", "公假", "出差", "值班", "加班", "开会", "培训", "执勤")),
    (AbsenceReason.ILLNESS, ("病", "住院", "身体", "就医", "手术", "看医", "产假")),
    (AbsenceReason.PERSONAL, ("事假", "私事", "家中", "家里", "婚", "丧", "有事")),
    (AbsenceReason.AWAY, ("外出", "外地", "在外", "探亲", "务工", "旅游", "打工")),
    (AbsenceReason.OTHER, ("其他", "其它")),
)
_CLOCK = re.compile(
    r"(上午|早上|中午|下午|晚上|晚)?\s*(\d{1,2})\s*(?::|点|时)\s*(\d{1,2}|半)?(?::\d{2})?\s*分?"
)
_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?")
_PARTS = re.compile(r"[;；。\n]+")
_NAMES = re.compile(r"[、,，]+(?![^()]*\))")
_REASON_FIRST = re.compile(r"([^:()]{1,12}):(.+)")
_ONE = re.compile(r"([^()]+?)\s*(?:\(([^()]*)\)|[:\-—]\s*(.+))?")
_GIVEN = re.compile(re.escape(GIVEN_LEAVE).replace(r"\{\}", "(.+?)").replace("，", "[,，]"))
_OF_GROUP = re.compile(r"(.+?)\((.+)\)")  # 党小组会（第一党小组）
# What the portal's own ledger says under 备注 (`ledgers.meetings`): the words after a sign belong to
# it until the next.
_REMARKS = re.compile(
    r"(?:^|；)(?=讲课人：|列席：|另有 \d+ 人不计应到而到会|以纸质记录为准|退回补充中"
    r"|联合开展|\d{4}年\d{1,2}月\d{1,2}日补记)"
)
_MORE_CAME = re.compile(r"另有 (\d{1,5}) 人不计应到而到会")
_NOTHING_MADE_UP = re.compile(r"已补 0 / .*")  # what the portal's own ledger says of nothing
ON_PAPER, SENT_BACK = "以纸质记录为准", "退回补充中"


@dataclass(frozen=True, slots=True)
class Absent:
    """Who was absent as the sheet says it. `reason` is empty where it does not say why; `told` is
    what it says in words that are none of ours."""

    name: str
    reason: AbsenceReason | None
    told: str = ""
    approver: str = ""  # who gave leave, where that is said: 张三（病假，李四准假）


class _Remarks(NamedTuple):
    """What a remark says that has a place of its own in a record, and what is left of it."""

    speaker: str = ""
    guests: str = ""
    more_came: int = 0
    is_on_paper: bool = False
    rest: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A good row. Empty texts are "", what is not there is None."""

    sheet: str
    row: int
    cells: Mapping[str, tuple[str, str]]
    """Column key -> its letter and title in this sheet, for what is found wrong later."""
    unit: int | None
    unit_name: str
    group_name: str
    is_of_group: bool
    """Whether the kind itself names the 党小组: 党小组会（第一党小组）."""
    kind: MeetingKind
    day: dt.date
    starts_at: dt.time | None
    ends_at: dt.time | None
    place: str
    chair: str
    recorder: str
    speaker: str
    topic: str
    agenda: str
    summary: str
    resolutions: str
    guests: str
    expected: int | None
    present: int | None
    absent: tuple[Absent, ...]
    more_came: int
    """How many came who were not expected: the sheet does not say who."""
    is_on_paper: bool

    def error(self, key: str, code: str, wanted: str, *, found: str = "") -> CellError:
        """What is wrong with a cell of the row."""
        letter, title = self.cells.get(key, ("", _TITLES[key]))
        return CellError(
            sheet=self.sheet,
            row=self.row,
            column_letter=letter,
            column_title=title,
            code=code,
            found=found[:40],
            wanted=wanted,
        )


_TITLES = {spec.key: spec.title for spec in COLUMNS}


def read_ledger(
    path: str | Path,
    known: Mapping[str, int] | None = None,
    *,
    name: str | None = None,
    today: dt.date,
) -> ParsedSheet[LedgerRow]:
    """Reads and checks a ledger. `known`: full and short names of organisations -> what identifies
    them. Raises SheetRefused, also for more than 500 rows."""
    found, hidden = find_all(read_sheets(path, name=name), COLUMNS)
    units = {match_key(title): key for title, key in (known or {}).items()}
    good: list[LedgerRow] = []
    errors: list[CellError] = []
    warnings: list[CellError] = []
    prefilled: dict[str, list[int]] = {}
    examples: dict[str, list[int]] = {}
    count = 0
    for sheet, header in found:
        cells = Cells(sheet, header, COLUMNS)
        places = _places(header)
        left_out = prefilled.setdefault(sheet.name, [])
        shown = examples.setdefault(sheet.name, [])
        for number, row in data_rows(sheet, header, COLUMNS, left_out, shown):
            count += 1
            if count > MOST_ROWS:
                raise SheetRefused(
                    "too_many_rows",
                    f"一次最多导入 {MOST_ROWS} 行，请按年度或支部分成几个文件上传。",
                )
            cells.open(number, row)
            taken = _take(cells, sheet.name, places, units, today)
            if taken is not None and not cells.has_failed:
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
        notes=file_notes(found, hidden, prefilled, COLUMNS, examples),
        saved_at=found[0][0].saved_at,
    )


def _places(header: Header) -> dict[str, tuple[str, str]]:
    return {
        key: (column_letter(place), header.titles.get(key, _TITLES[key]))
        for key, place in header.columns.items()
    }


def _take(
    cells: Cells,
    sheet: str,
    places: Mapping[str, tuple[str, str]],
    units: Mapping[str, int],
    today: dt.date,
) -> LedgerRow | None:
    unit_name = cells.text("unit")
    unit = units.get(match_key(unit_name)) if unit_name else None
    if unit_name and unit is None:
        cells.fail("unit", "unknown_unit", "请填系统中已有的、由你登记的党支部或党小组的名称")
    kind = cells.choice("kind", lambda text: _kind_of(text)[0], "unknown_kind", _KINDS_WANTED)
    if kind is None:
        cells.fail("kind", "missing_required", _KINDS_WANTED)
    of_group = _kind_of(cells.text("kind"))[1]
    day, starts_at, ends_at = _moment(cells, today)
    texts = {
        item: cells.text(item)
        for item in ("place", "topic", "agenda", "summary", "resolutions", "guests")
    }
    people = {item: compact_name(cells.text(item)) for item in ("chair", "recorder", "speaker")}
    expected, present = cells.count("expected"), cells.count("present")
    absent = _absent(cells)
    said = _remarks(cells.text("note"), people["speaker"], texts["guests"])
    people["speaker"], texts["guests"] = said.speaker, said.guests
    study = cells.text("study")
    told = {"study": "" if _NOTHING_MADE_UP.fullmatch(study) else study, "note": said.rest}
    rest = [f"{_TITLES[item]}：{text}" for item, text in told.items() if text]
    if cells.has_failed or not isinstance(kind, MeetingKind) or day is None:
        return None
    texts["summary"] = "\n".join(filter(None, [texts["summary"], *rest]))
    return LedgerRow(
        sheet=sheet,
        row=cells.number,
        cells=places,
        unit=unit,
        unit_name=unit_name,
        group_name=of_group or cells.text("group"),
        is_of_group=bool(of_group),
        kind=kind,
        day=day,
        starts_at=starts_at,
        ends_at=ends_at,
        expected=expected,
        present=present,
        absent=absent,
        more_came=said.more_came,
        is_on_paper=said.is_on_paper,
        **texts,
        **people,
    )


def _kind_of(text: str) -> tuple[MeetingKind | None, str]:
    """The kind, and the 党小组 that it names in brackets."""
    key = match_key(text)
    match = None if key in _KINDS else _OF_GROUP.fullmatch(key)
    return (_KINDS.get(match[1]), match[2]) if match else (_KINDS.get(key), "")


def _remarks(text: str, speaker: str, guests: str) -> _Remarks:
    """Takes out of a remark what the portal's own ledger puts there and a record has a column for;
    what stands in columns of the sheet (`speaker`, `guests`) goes before it."""
    rest: list[str] = []
    found = {"讲课人：": speaker, "列席：": guests}
    more_came, is_on_paper = 0, False
    for part in filter(None, _REMARKS.split(text)):
        sign = next((one for one in found if part.startswith(one)), "")
        more = _MORE_CAME.fullmatch(part)
        if sign and not found[sign] and len(part) - len(sign) <= _LONGEST_SAID[sign]:
            found[sign] = part.removeprefix(sign).strip()
        elif more:
            more_came = int(more[1])
            rest.append(part)
        elif part == ON_PAPER:
            is_on_paper = True
        elif part != SENT_BACK:  # of the former record, not of the meeting
            rest.append(part)
    return _Remarks(found["讲课人："], found["列席："], more_came, is_on_paper, "；".join(rest))


_LONGEST_SAID = {"讲课人：": 50, "列席：": 300}


# --- when ----------------------------------------------------------------------------------------


def _moment(cells: Cells, today: dt.date) -> tuple[dt.date | None, dt.time | None, dt.time | None]:
    """The day with the times that stand beside it, or in columns of their own."""
    value = cells.raw("moment")
    found: list[dt.time | None] = []
    day: dt.date | None = None
    if isinstance(value, dt.datetime):
        day = value.date()
        found = [value.time()] if value.time() != dt.time() else []
    elif isinstance(value, str) and clean(value) not in NOTHING:
        text = to_half_width(clean(value))
        begin = _CLOCK.search(text)
        head = text[: begin.start()] if begin else text
        head = _WEEKDAY.sub("", head).strip(" ,，T")
        try:
            found = list(_clock_times(text[begin.start() :])) if begin else []
        except ValueError:
            cells.fail("moment", "unreadable_time", "时间请写成 2026-03-05 15:00-16:30")
        if head.endswith("至"):  # nobody wrote down when it began
            head, found = head.removesuffix("至").strip(), [None, *found[:1]]
        day = _day(cells, head)
    elif not isinstance(value, str):
        read = cells.date("moment")
        day = _whole(cells, read.value, read.precision) if read else None
    else:
        cells.fail("moment", "missing_required", "请填开会的日期，如 2026-03-05")
    if day is not None and day > today:
        cells.fail("moment", "date_in_future", "还没到这一天，开完会再登记")
    first_time, last_time = (*found, None, None)[:2]
    return day, _time_of(cells, "starts") or first_time, _time_of(cells, "ends") or last_time


def _day(cells: Cells, text: str) -> dt.date | None:
    try:
        read = read_date(text)
    except AmbiguousDate:
        cells.fail("moment", "ambiguous_date", "看不出是哪一天，请写成 2026-03-05")
    except (ValueError, OverflowError):
        cells.fail("moment", "unreadable_date", "请写年月日，如 2026-03-05 15:00-16:30")
    else:
        return _whole(cells, read.value, read.precision)
    return None


def _whole(cells: Cells, day: dt.date, precision: str) -> dt.date | None:
    if precision != "day":
        cells.fail("moment", "no_day", "请写到日：名册按开会那一天取，如 2026-03-05")
        return None
    return day


def _clock_times(text: str) -> list[dt.time]:
    """At most two times; an end without 下午 is after its beginning."""
    found: list[dt.time] = []
    for half, hour, minute in _CLOCK.findall(text)[:2]:
        number = int(hour)
        if (
            half in ("下午", "晚上", "晚", "中午")
            and number < 12
            and (half != "中午" or number < 3)
        ):
            number += 12
        time = dt.time(number, 30 if minute == "半" else int(minute or 0))
        if found and not half and time <= found[0] and number < 12:
            time = time.replace(hour=number + 12)
        found.append(time)
    return found


def _time_of(cells: Cells, key: str) -> dt.time | None:
    value = cells.raw(key)
    if isinstance(value, dt.datetime):
        return value.time()
    if isinstance(value, dt.time):
        return value
    if isinstance(value, float | int) and 0 < value < 1:  # Excel's share of a day
        minutes = round(value * 24 * 60)
        return dt.time(minutes // 60 % 24, minutes % 60)
    text = to_half_width(as_text(value))
    if text in NOTHING:
        return None
    try:
        found = _clock_times(text)
    except ValueError:
        found = []
    if not found:
        cells.fail(key, "unreadable_time", "时间请写成 15:00")
        return None
    return found[0]


# --- who was not there ---------------------------------------------------------------------------


def _absent(cells: Cells) -> tuple[Absent, ...]:
    """张三（病假）、李四 公务；外出：王五、赵六."""
    text = to_half_width(cells.text("absent"))
    if not text or match_key(text) in _EVERYBODY:
        return ()
    raw = cells.raw("absent")
    text = to_half_width(clean(raw, multiline=True)) if isinstance(raw, str) else text
    found: list[Absent] = []
    for part in filter(None, map(str.strip, _PARTS.split(text))):
        first = _REASON_FIRST.fullmatch(part)
        shared = reason_of(first[1]) if first else None
        if first and shared:
            names = _NAMES.split(first[2])
            found += [Absent(compact_name(name), shared) for name in names if name.strip()]
        else:
            found += [_one(item) for item in _NAMES.split(part) if item.strip()]
    return tuple(found)


def _one(text: str) -> Absent:
    text = text.strip()
    match = _ONE.fullmatch(text)
    name, told = (match[1], (match[2] or match[3] or "")) if match else (text, "")
    if not told and " " in name:  # 李四 公务; a name may be spaced too: 张 三
        head, _, tail = name.rpartition(" ")
        if reason_of(tail):
            name, told = head, tail
    told = told.strip()
    given = _GIVEN.fullmatch(told)
    told, approver = (given[1].strip(), compact_name(given[2])[:50]) if given else (told, "")
    reason = reason_of(told)
    is_ours = reason is not None or not told
    return Absent(
        compact_name(name),
        reason if is_ours else AbsenceReason.OTHER,
        "" if is_ours else told,
        approver,
    )


def reason_of(text: str) -> AbsenceReason | None:
    """The reason that the words tell; None for words that tell none of ours."""
    words = match_key(text)
    for reason, signs in _REASONS:
        if any(sign in words for sign in signs):
            return reason
    return None

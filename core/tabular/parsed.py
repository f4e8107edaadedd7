"""What an importer made of a workbook, and the hand with which it takes values out of cells."""

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.dates import LATEST, AmbiguousDate, ReadDate, read_date
from core.identity import mask_again
from core.tabular.addresses import column_letter
from core.tabular.errors import CellError
from core.tabular.headers import ColumnSpec, Header
from core.tabular.reading import Sheet, Value
from core.text import clean, to_half_width

RowType = TypeVar("RowType")

# What forms ask for instead of an empty cell.
NOTHING = frozenset(
    (
        "",
        "无",
        "—",
        "——",
        "-",
        "--",
        "－",
        "–",
        "/",
        "\\",
        "／",
        "…",
        "……",
        "暂无",
        "空",
        "N/A",
        "n/a",
    )
)
_STATED_DATE = re.compile(
    r"(?:填报|填表|统计|制表|截止|报表)(?:时间|日期)\s*[:：]?\s*([0-9０-９年月日.\-/]+)"
)


@dataclass(frozen=True, slots=True)
class ParsedSheet(Generic[RowType]):
    """All data rows of a workbook, sorted into good and refused."""

    rows: tuple[RowType, ...]
    """Good rows, in the order of the sheets."""
    errors: tuple[CellError, ...]
    """Every bad cell. The first one of a row is the reason that row counts under."""
    warnings: tuple[CellError, ...]
    """Odd cells of rows that are taken all the same."""
    row_count: int
    """Data rows found, good and refused."""
    sheets: tuple[str, ...]
    unknown_columns: tuple[tuple[str, str, str], ...]
    """(sheet, column letter, title) of columns that were not read."""
    notes: tuple[str, ...] = ()
    """Chinese sentences about the file: hidden sheets, hidden rows."""
    as_of: datetime.date | None = None
    """The day the sheet says it was filled in (填报时间)."""
    saved_at: datetime.datetime | None = None
    """When the file was last saved: nothing in it can be newer."""

    @property
    def refused(self) -> dict[str, int]:
        """Refused rows by the code of their first error: each row once."""
        reasons: dict[tuple[str, int], str] = {}
        for error in self.errors:
            reasons.setdefault((error.sheet, error.row), error.code)
        return dict(Counter(reasons.values()))

    @property
    def warned(self) -> dict[str, int]:
        """Warnings by code."""
        return dict(Counter(warning.code for warning in self.warnings))


class Cells:
    """Takes the values of one row after the other, and collects what is wrong with them.

    Call `open` for each row, then the readers; `has_failed` tells whether the row is refused.
    A cell gets one error at most: the first.
    """

    def __init__(self, sheet: Sheet, header: Header, columns: Sequence[ColumnSpec]) -> None:
        self.errors: list[CellError] = []
        self.warnings: list[CellError] = []
        self.has_failed = False
        self.number = 0
        self._sheet = sheet
        self._header = header
        self._specs = {spec.key: spec for spec in columns}
        self._places = header.columns
        self._watched = [
            (key, place)
            for key, place in header.columns.items()
            if not self._specs[key].is_ignored and (sheet.uncomputed or sheet.errors)
        ]
        self._row: list[Value] = []
        self._bad: set[str] = set()

    def open(self, number: int, row: list[Value]) -> None:
        """Go to a row. Formulas that were never computed, and error values, are errors at once in
        its known cells; of other formulas the saved result is taken."""
        self.number, self._row, self.has_failed = number, row, False
        self._bad.clear()
        for key, place in self._watched:
            if (number, place + 1) in self._sheet.uncomputed:
                self.fail(
                    key,
                    "formula_in_cell",
                    "这个公式没有计算结果，请用 Excel 或 WPS 打开并保存后再上传",
                )
            elif (number, place + 1) in self._sheet.errors:
                self.fail(key, "error_in_cell", "请改正这个出错的单元格", found="错误值")

    def has(self, key: str) -> bool:
        """Whether the sheet has the column."""
        return key in self._places

    def raw(self, key: str) -> Value:
        """The value as it was read, "" when empty or without such a column."""
        place = self._places.get(key)
        return "" if place is None else self._row[place]

    def text(self, key: str) -> str:
        """The cell as clean text; "" for 无, —, / and the like. Too long is an error."""
        place = self._places.get(key)
        if place is None:
            return ""
        value = self._row[place]
        if isinstance(value, str) and value in NOTHING:
            return ""
        text = as_text(value)
        if text in NOTHING:
            return ""
        if len(text) > self._specs[key].max_length:
            self.fail(key, "too_long", f"最多 {self._specs[key].max_length} 个字")
        return text

    def date(
        self,
        key: str,
        *,
        latest: datetime.date = LATEST,
        known: datetime.date | None = None,
    ) -> ReadDate | None:
        """The cell as a date, None when empty; else `unreadable_date`, `ambiguous_date` or
        `date_in_future`. What may mean several days is the one that is `known`, if any."""
        value = self.raw(key)
        if isinstance(value, str) and (value in NOTHING or clean(value) in NOTHING):
            return None
        try:
            found = read_date(value, is_1904=self._sheet.is_1904)
        except AmbiguousDate as ambiguous:
            meant = ReadDate(known) if known else None
            if meant is None or meant not in ambiguous.readings:
                self.fail(key, "ambiguous_date", _ambiguity(ambiguous))
                return None
            found = meant
        except (ValueError, OverflowError):
            self.fail(key, "unreadable_date", "请写成 1999-07-01、1999.07.01 或 1999年7月1日")
            return None
        precision = self._sheet.precisions.get((self.number, self._places.get(key, -1) + 1))
        if precision and not isinstance(value, str):
            found = ReadDate(found.value, precision)
        if found.value > latest:
            self.fail(key, "date_in_future", f"不能晚于 {latest:%Y-%m-%d}")
        return found

    def count(self, key: str) -> int | None:
        """The cell as a whole number from 0, None when empty; else `not_a_count`."""
        text = to_half_width(self.text(key))
        if not text:
            return None
        text = text.rstrip("人名个 ")
        if not (text.isascii() and text.isdigit() and len(text) <= 7):
            self.fail(key, "not_a_count", "请填整数")
            return None
        return int(text)

    def choice(
        self, key: str, parse: Callable[[str], object | None], code: str, wanted: str
    ) -> object | None:
        """The cell through `parse`, None when empty; an error `code` when `parse` gives None."""
        text = self.text(key)
        if not text:
            return None
        value = parse(text)
        if value is None:
            self.fail(key, code, wanted)
        return value

    def fail(self, key: str, code: str, wanted: str, *, found: str | None = None) -> None:
        """Refuse the row for this cell, unless the cell is refused already."""
        self.has_failed = True
        if key not in self._bad:
            self._bad.add(key)
            self.errors.append(self._at(key, code, wanted, found))

    def warn(self, key: str, code: str, wanted: str, *, found: str | None = None) -> None:
        """Point the cell out and take the row all the same."""
        self.warnings.append(self._at(key, code, wanted, found))

    def _at(self, key: str, code: str, wanted: str, found: str | None) -> CellError:
        spec = self._specs[key]
        if found is None:
            found = as_text(self.raw(key))
            if spec.mask is not None:
                found = spec.mask(found)
        place = self._places.get(key)
        return CellError(
            sheet=self._sheet.name,
            row=self.number,
            column_letter="" if place is None else column_letter(place),
            column_title=self._header.titles.get(key, spec.title),
            code=code,
            found=mask_again(found)[:40],
            wanted=wanted,
        )


def _ambiguity(ambiguous: AmbiguousDate) -> str:
    shown = [
        f"{found.value.year}年{found.value.month}月"
        + (f"{found.value.day}日" if found.precision == "day" else "")
        for found in ambiguous.readings
    ]
    may_be = f"可能是{'，也可能是'.join(shown)}；" if len(shown) > 1 else "看不出是哪一天；"
    return may_be + "请写成 1999-07-01、1999.07 或 1999年7月"


def as_text(value: Value) -> str:
    """A cell's value as a person would type it: 3.0 -> "3", a date -> "1999-07-01"."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        # Not `int(value)` first: infinity and NaN come out of spoiled cells.
        if abs(value) < 1e15 and value == int(value):
            return str(int(value))
        return repr(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)


def stated_date(
    sheet: Sheet, header: Header, *, today: datetime.date | None = None
) -> datetime.date | None:
    """The day written above the header after 填报时间, if any; of a month or a year its last day,
    as far as it has come by `today`."""
    for row in sheet.rows[: header.first_row - 1]:
        for value in row:
            match = _STATED_DATE.search(value) if isinstance(value, str) else None
            if match:
                try:
                    stated = read_date(match[1])
                except ValueError:
                    continue
                last = stated.last_day
                return max(stated.value, min(last, today)) if today else last
    return None


def _computed(sheet: Sheet, header: Header, ignored: set[str]) -> str:
    """The columns with formulas: 性别（C 列）、出生日期（F 列）."""
    places = {
        column - 1
        for row, column in sheet.formulas - sheet.uncomputed
        if header.last_row < row <= len(sheet.rows)
    }
    named = sorted(
        (place, header.titles[key]) for key, place in header.columns.items() if key not in ignored
    )
    return "、".join(
        f"“{title}”（{column_letter(place)} 列）" for place, title in named if place in places
    )


def file_notes(
    found: Iterable[tuple[Sheet, Header]],
    hidden: Iterable[Sheet],
    prefilled: Mapping[str, Sequence[int]],
    columns: Sequence[ColumnSpec],
    examples: Mapping[str, Sequence[int]] | None = None,
) -> tuple[str, ...]:
    """Chinese sentences about what a reader of the sheet may not see. `prefilled`: by sheet, rows
    left out because nothing but filled-down values is in them; `examples`: those of the template."""
    notes = [f"工作表“{sheet.name}”是隐藏的，没有读取" for sheet in hidden]
    for sheet, header in found:
        rows = sorted(row for row in sheet.hidden_rows if header.last_row < row <= len(sheet.rows))
        if rows:
            notes.append(
                f"工作表“{sheet.name}”有 {len(rows)} 个隐藏行，也已读取（首行：第 {rows[0]} 行）"
            )
        titles = dict(header.unknown)
        for letter, key in header.doubled:
            read = f"“{header.titles[key]}”（{column_letter(header.columns[key])} 列）"
            notes.append(f"“{titles[letter]}”（{letter} 列）和{read}是同一项，只读取后者")
        if computed := _computed(sheet, header, {one.key for one in columns if one.is_ignored}):
            notes.append(f"工作表“{sheet.name}”的{computed}是公式，按文件里保存的计算结果读取")
        if left_out := prefilled.get(sheet.name):
            notes.append(
                f"工作表“{sheet.name}”有 {len(left_out)} 行只有预先填好的内容，不当作一行数据"
                f"（首行：第 {left_out[0]} 行）"
            )
        if shown := (examples or {}).get(sheet.name):
            rows_ = "、".join(map(str, shown[:5])) + ("等" if len(shown) > 5 else "")
            notes.append(
                f"工作表“{sheet.name}”的第 {rows_} 行写着“示例”，没有读取；"
                "如果改填了真实的内容，请把“示例”改成序号再上传"
            )
    return tuple(notes)

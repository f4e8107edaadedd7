"""Sheets that staff can print and open without harm: xlsx by default, CSV on request."""

import csv
import datetime
import io
import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.text import clean, readable, to_half_width

Kind = Literal["text", "identity", "phone", "integer", "number", "points", "date"]

_MAX_CELL, _MAX_TAB = 32_767, 31
_BAD_TAB_NAME = re.compile(r"[\[\]:*?/\\]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_PHONE_VALUE = re.compile(r"\+[0-9][0-9 \-]*")
_NUMBER_VALUE = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_CSV_FLUSH_ROWS = 500
_LINE, _PADDING, _MAX_HEIGHT = 13.5, 5.0, 409.0


@dataclass(frozen=True, slots=True)
class Column:
    """A column to write. `group` puts a common title above neighbours; `width` in characters.

    Kinds text, identity and phone are written as text whatever they hold; points are numbers in
    the middle of their cell.
    """

    title: str
    kind: Kind = "text"
    width: float = 12
    group: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One print-ready sheet (A4 landscape, one page wide).

    Lines: `title`; `subtitle` (填报单位, 填报时间); the header, of two rows when a column has a
    group, repeated on each page and frozen; the data; `totals` (one value per column, None for
    an empty cell); `signature` texts spread over the line below. `stamp` (who exported when, and
    the export's number) stands in the page header and right of the subtitle. In the columns at
    `joined` (from 0) a None joins the cell to the one above. With `has_long_texts` each row is as
    high as its longest cell, also in programs that do not see to it themselves. No text becomes a
    formula. `name` is what stands on the tab, the title without it.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    subtitle: str = ""
    stamp: str = ""
    totals: Sequence[object] | None = None
    signature: Sequence[str] = ()
    name: str = ""
    joined: Collection[int] = ()
    has_long_texts: bool = False


def write_sheet(
    target: str | Path | BinaryIO,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    tab: str = "",
    **more: Any,
) -> int:
    """Writes a workbook of one sheet and gives the number of data rows; `tab` and `more` are what
    `Tab` has. Memory does not grow with the number of rows."""
    return write_sheets(target, [Tab(title, columns, rows, name=tab, **more)])


def write_sheets(target: str | Path | BinaryIO, tabs: Iterable[Tab]) -> int:
    """Writes a workbook of several sheets, one after the other as they come, and gives the number of
    data rows of all. Two of one name are told apart by a number. Memory does not grow with the
    number of rows. Raises ValueError for a workbook of nothing."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    book = xlsxwriter.Workbook(str(target) if isinstance(target, str | Path) else target, options)
    count, names = 0, set[str]()
    try:
        formats = _Formats(book)
        for one in tabs:
            sheet = book.add_worksheet(_own_name(one.name or one.title, names))
            count += _write_tab(sheet, formats, one)
        if not names:
            raise ValueError("a workbook of nothing")
    finally:
        book.close()
    return count


def _write_tab(sheet: Worksheet, formats: "_Formats", tab: Tab) -> int:
    columns = tab.columns
    top = _write_head(sheet, formats, tab.title, columns, tab.subtitle, tab.stamp)
    line = top
    begun = dict.fromkeys(tab.joined, top)
    for row in tab.rows:
        for place, first in begun.items():
            if row[place] is not None:
                _merge(sheet, first, place, line - 1, place)
                begun[place] = line
        if tab.has_long_texts:
            sheet.set_row(line, _height(columns, row))
        _write_row(sheet, line, columns, row, formats.body)
        line += 1
    for place, first in begun.items():
        _merge(sheet, first, place, line - 1, place)
    count = line - top
    if tab.totals is not None:
        _write_row(sheet, line, columns, tab.totals, formats.totals, is_total=True)
        line += 1
    if tab.signature:
        step = max(len(columns) // len(tab.signature), 1)
        for place, text in enumerate(tab.signature):
            sheet.write_string(
                line, min(place * step, len(columns) - 1), clean(text), formats.plain
            )
    _lay_out(sheet, top, columns, tab.stamp)
    return count


def _own_name(text: str, taken: set[str]) -> str:
    """A name for the tab that no other has; spreadsheet programs do not tell A from a."""
    name = plain = _tab_name(text)
    number = 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[: _MAX_TAB - len(str(number))]}{number}"
    taken.add(name.lower())
    return name


class _Formats:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        cell = {"border": 1, "valign": "vcenter", "font_name": "宋体", "font_size": 10}
        self.title: Format = book.add_format(
            {
                "bold": True,
                "font_size": 16,
                "align": "center",
                "valign": "vcenter",
                "font_name": "黑体",
            }
        )
        self.plain: Format = book.add_format(
            {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        )
        self.head: Format = book.add_format(
            cell | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#F2F2F2"}
        )
        self.body = self._kinds(book, cell)
        self.totals = self._kinds(book, cell | {"bold": True})

    @staticmethod
    def _kinds(book: xlsxwriter.Workbook, cell: dict[str, object]) -> dict[str, Format]:
        # "@" keeps a text a text also after it was edited in Excel.
        text = book.add_format(cell | {"num_format": "@", "text_wrap": True})
        return {
            "text": text,
            "identity": text,
            "phone": text,
            "integer": book.add_format(cell | {"num_format": "0"}),
            "number": book.add_format(cell | {"num_format": "General"}),
            "points": book.add_format(cell | {"num_format": "General", "align": "center"}),
            "date": book.add_format(cell | {"num_format": "yyyy-mm-dd", "align": "center"}),
        }


def _write_head(
    sheet: Worksheet,
    formats: _Formats,
    title: str,
    columns: Sequence[Column],
    subtitle: str,
    stamp: str,
) -> int:
    """The lines above the data; gives the first data line, counted from 0."""
    last = len(columns) - 1
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, clean(title), formats.title)
    _merge(sheet, 0, 0, 0, last)
    line = 1
    below_title = "    ".join(filter(None, (subtitle, stamp)))
    if below_title:
        sheet.set_row(line, 20)
        sheet.write_string(line, 0, clean(below_title), formats.plain)
        _merge(sheet, line, 0, line, last)
        line += 1
    has_groups = any(column.group for column in columns)
    for place, column in enumerate(columns):
        is_first = place == 0 or columns[place - 1].group != column.group or not column.group
        text = (column.group or column.title) if is_first else ""
        _write_title(sheet, line, place, text, formats.head)
        if has_groups and not column.group:
            _merge(sheet, line, place, line + 1, place)
        elif column.group and is_first:
            end = place
            while end < last and columns[end + 1].group == column.group:
                end += 1
            _merge(sheet, line, place, line, end)
    if has_groups:
        line += 1
        for place, column in enumerate(columns):
            _write_title(sheet, line, place, column.title if column.group else "", formats.head)
    return line + 1


def _write_title(sheet: Worksheet, line: int, place: int, text: str, form: Format) -> None:
    if text:
        sheet.write_string(line, place, _cell_text(text), form)
    else:
        sheet.write_blank(line, place, None, form)


def _merge(sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
    """Merge without writing: `merge_range` writes ahead, which constant memory cannot take."""
    if bottom > top or right > left:
        sheet.merge.append([top, left, bottom, right])


def _write_row(
    sheet: Worksheet,
    line: int,
    columns: Sequence[Column],
    row: Sequence[object],
    formats: dict[str, Format],
    *,
    is_total: bool = False,
) -> None:
    for place, (column, value) in enumerate(zip(columns, row, strict=True)):
        form = formats[column.kind]
        if value is None or value == "":
            sheet.write_blank(line, place, None, form)
        elif column.kind in ("text", "identity", "phone") or isinstance(value, str):
            sheet.write_string(line, place, _cell_text(value), formats["text"])
        elif column.kind == "date" and isinstance(value, datetime.date):
            # Excel knows no day before 1900-03-01 for certain.
            if value.year < 1901:
                sheet.write_string(line, place, value.isoformat()[:10], formats["text"])
            else:
                sheet.write_datetime(line, place, _naive(value), form)
        else:
            sheet.write_number(line, place, value, form)  # type: ignore[arg-type]


def _height(columns: Sequence[Column], row: Sequence[object]) -> float:
    """In points: as many lines as the longest cell takes, up to what Excel allows."""
    lines = 1
    for column, value in zip(columns, row, strict=True):
        if isinstance(value, str) and value:
            lines = max(lines, sum(_lines(one, column.width) for one in value.split("\n")))
    return min(lines * _LINE + _PADDING, _MAX_HEIGHT)


def _lines(text: str, width: float) -> int:
    # A Han character is as wide as two digits; a line is seldom filled to its end.
    taken = sum(1 if char.isascii() else 2 for char in text)
    return max(1, math.ceil(taken / (width + 1)))


def _naive(value: datetime.date) -> datetime.date:
    return value.replace(tzinfo=None) if isinstance(value, datetime.datetime) else value


def _cell_text(value: object) -> str:
    text = clean(str(value), multiline=True)
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 1] + "…"


def _lay_out(sheet: Worksheet, top: int, columns: Sequence[Column], stamp: str) -> None:
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    head = top - (2 if any(column.group for column in columns) else 1)
    sheet.repeat_rows(head, top - 1)
    sheet.freeze_panes(top, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    if stamp:
        sheet.set_header("&R&8" + clean(stamp).replace("&", "&&")[:200])


def _tab_name(text: str) -> str:
    return _BAD_TAB_NAME.sub("", clean(text)).strip("'")[:_MAX_TAB] or "Sheet1"


def inert(text: str, *, kind: Kind = "text") -> str:
    """Text for a CSV that a spreadsheet program opens: a leading formula sign gets a quote.

    Also full-width signs and signs behind blanks. Phone numbers such as "+86 10 …" and plain
    numbers in number columns stay as they are.
    """
    start = to_half_width(text).lstrip(" ")
    if not start.startswith(_FORMULA_STARTS):
        return text
    if kind == "phone" and _PHONE_VALUE.fullmatch(text):
        return text
    if kind in ("integer", "number") and _NUMBER_VALUE.fullmatch(text):
        return text
    return "'" + text


def write_csv(
    target: str | Path | BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    is_raw: bool = False,
) -> int:
    """Write UTF-8 with BOM, CRLF lines, one header row; gives the number of data rows.

    Texts that a spreadsheet program would take for formulas get a leading quote, unless
    `is_raw`, which is for other programs only.
    """
    if isinstance(target, str | Path):
        with Path(target).open("wb") as file:
            return write_csv(file, columns, rows, is_raw=is_raw)
    count = 0
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    target.write(b"\xef\xbb\xbf")
    writer.writerow([clean(column.title) for column in columns])
    for row in rows:
        cells = zip(columns, row, strict=True)
        writer.writerow([_csv_text(value, column, is_raw) for column, value in cells])
        count += 1
        if count % _CSV_FLUSH_ROWS == 0:
            target.write(_drain(buffer))
    target.write(_drain(buffer))
    return count


def _csv_text(value: object, column: Column, is_raw: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()[:10] if column.kind == "date" else value.isoformat()
    text = readable(str(value))
    return text if is_raw else inert(text, kind=column.kind)


def _drain(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8")
    buffer.seek(0)
    buffer.truncate()
    return data

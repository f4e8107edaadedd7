"""Templates of imports: a workbook to be filled in, its head the one that the importer reads.

Its example rows are told by their first cell (示例) and are read by nobody: `rows.data_rows` leaves
them out where the importer says so, and the preview says which.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.text import clean

from .rows import EXAMPLE

ROOM = 50  # lines with borders, to be filled in; more may be written below them
_FONT = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column of a template. `hint` says how it is filled in; `examples` are the cells of the
    example rows; of `choices` Excel offers a list, and takes other words too."""

    title: str
    width: float
    hint: str
    examples: tuple[str, ...] = ()
    is_required: bool = False
    choices: tuple[str, ...] = ()


def write_template(
    target: BinaryIO, title: str, columns: Sequence[TemplateColumn], *, note: str
) -> None:
    """Writes the template: `title`, `note`, the head with a star at what must be filled in, the
    example rows, empty lines; on a second sheet a line for each column says how. The first column
    is the running number, which tells the examples."""
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_urls": False})
    book.set_properties({"title": clean(title)})
    _sheet(book, title, columns, note)
    _hints(book, columns)
    book.close()


def _sheet(
    book: xlsxwriter.Workbook, title: str, columns: Sequence[TemplateColumn], note: str
) -> None:
    sheet: Worksheet = book.add_worksheet(title[:31])
    head = book.add_format(
        _FONT
        | {"bold": True, "border": 1, "align": "center", "text_wrap": True, "bg_color": "#F2F2F2"}
    )
    body = book.add_format(_FONT | {"border": 1, "text_wrap": True, "num_format": "@"})
    example = book.add_format(
        _FONT
        | {"border": 1, "text_wrap": True, "num_format": "@", "italic": True}
        | {"font_color": "#6B6B6B", "bg_color": "#FAFAF5"}
    )
    last = len(columns) - 1
    sheet.set_row(0, 30)
    sheet.merge_range(0, 0, 0, last, clean(title), _title(book))
    sheet.set_row(1, 20)
    sheet.merge_range(1, 0, 1, last, clean(note), book.add_format(_FONT))
    sheet.set_row(2, 30)
    count = max(len(column.examples) for column in columns)
    end = 2 + count + ROOM
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        star = "*" if column.is_required else ""
        sheet.write_string(2, place, column.title + star, head)
        for number in range(count):
            cells = (*column.examples, *[""] * count)
            text = f"{EXAMPLE}{number + 1}" if place == 0 else cells[number]
            sheet.write_string(3 + number, place, text, example)
        for line in range(3 + count, end + 1):
            sheet.write_blank(line, place, None, body)
        if column.choices:
            sheet.data_validation(
                *(3, place, end, place),
                {"validate": "list", "source": list(column.choices), "error_type": "information"},
            )
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)
    _paper(sheet)


def _hints(book: xlsxwriter.Workbook, columns: Sequence[TemplateColumn]) -> None:
    sheet: Worksheet = book.add_worksheet("填写说明")
    head = book.add_format(_FONT | {"bold": True, "border": 1, "bg_color": "#F2F2F2"})
    body = book.add_format(_FONT | {"border": 1, "text_wrap": True})
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 8)
    sheet.set_column(2, 2, 90)
    for place, text in enumerate(("栏目", "必填", "怎么填")):
        sheet.write_string(0, place, text, head)
    for line, column in enumerate(columns, start=1):
        for place, text in enumerate(
            (column.title, "是" if column.is_required else "", column.hint)
        ):
            sheet.write_string(line, place, text, body)
    _paper(sheet)


def _title(book: xlsxwriter.Workbook) -> Format:
    return book.add_format(
        {"bold": True, "font_size": 16, "font_name": "黑体", "align": "center", "valign": "vcenter"}
    )


def _paper(sheet: Worksheet) -> None:
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)

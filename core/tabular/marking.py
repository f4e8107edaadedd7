"""The user's own workbook again, with its bad cells red and commented; where this cannot be made,
a workbook with the list of what is wrong."""

import copy
import io
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, cast

from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from core import apart
from core.tabular import gate
from core.tabular.errors import CellError
from core.text import clean

MAX_COMMENTS = 2_000
"""Comments make Excel slow; above this the cells are only red, and the list has them all."""
MAX_LISTED = 20_000
MAX_UNPACKED = 40 * 1024 * 1024
"""Above this the workbook is not opened for marking: each of its cells becomes an object."""

logger = logging.getLogger("portal.tabular")

LIST_TITLE = "导入问题"
_AUTHOR = "导入检查"
_WAY_OUT = "请在导入的页面上查看需要改正的地方。"
_RED = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")
_BOLD = Font(bold=True)


def mark_apart(
    source_path: str | Path, errors: Iterable[CellError], *, name: str | None = None
) -> bytes:
    """The workbook that `mark_errors` makes, made in a process of its own (`core.apart`): never in
    a transaction. Where that takes too much, a fresh one with the list. Raises `SheetRefused`,
    `apart.Runaway`, `apart.Busy`.
    """
    told = [asdict(error) for error in errors][:MAX_LISTED]
    limits = apart.BEHIND
    try:
        return apart.call(
            _marked, str(source_path), told, name or "", limits=limits, way_out=_WAY_OUT
        )[1]
    except apart.Runaway:
        return apart.call(_listed, told, limits=limits, way_out=_WAY_OUT)[1]


def _marked(content: bytes, path: str, told: list[dict[str, Any]], name: str) -> tuple[int, bytes]:
    # Beside the source: that folder goes, whatever becomes of this process.
    target = Path(path).with_name("marked.xlsx")
    count = mark_errors(path, [CellError(**one) for one in told], target, name=name or None)
    return count, target.read_bytes()


def _listed(content: bytes, told: list[dict[str, Any]]) -> tuple[None, bytes]:
    target = io.BytesIO()
    _write_list([CellError(**one) for one in told], target)
    return None, target.getvalue()


def mark_errors(
    source_path: str | Path,
    errors: Iterable[CellError],
    target_path: str | Path,
    *,
    name: str | None = None,
) -> int:
    """Copy a workbook with the cells of `errors` filled red, a comment each, and a list of all.

    Gives the number of marked cells. Passes the gate first: raises `SheetRefused`. Comments of
    the user's own on a bad cell are kept above ours. What the reader reads and this writer cannot
    load (fills, fonts, names of parts of unusual programs) gives a fresh workbook with the list,
    and 0. Takes about 6 s and 200 MB for 13,000 rows: a background job.
    """
    facts = gate.check_workbook(source_path, name=name)
    listed = list(errors)
    if facts.unpacked <= MAX_UNPACKED:
        try:
            return _mark(source_path, listed, target_path)
        except Exception as error:  # openpyxl raises whatever its parts happen to raise
            logger.info("no marks in this workbook: %s", type(error).__name__)
    _write_list(listed, target_path)
    return 0


def _mark(source_path: str | Path, errors: Sequence[CellError], target_path: str | Path) -> int:
    workbook = load_workbook(source_path)
    texts: dict[tuple[str, str], list[str]] = {}
    for error in errors:
        if error.column_letter and error.sheet in workbook.sheetnames:
            texts.setdefault((error.sheet, error.cell), []).append(error.wanted)
    for count, ((sheet, address), wanted) in enumerate(texts.items()):
        cell = _first_of_merge(workbook[sheet], address)
        cell.fill = copy.copy(_RED)
        if count < MAX_COMMENTS:
            _comment(cell, "；".join(wanted))
    _list_errors(workbook.create_sheet(LIST_TITLE), errors)
    workbook.save(target_path)
    return len(texts)


def _write_list(errors: Sequence[CellError], target_path: str | Path | BinaryIO) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = LIST_TITLE
    _list_errors(sheet, errors)
    sheet.insert_rows(1)
    _set_text(
        sheet.cell(1, 1), "原表的格式较特殊，不能直接在上面标注。请按下面的位置，在原表中逐处改正。"
    )
    sheet.freeze_panes = "A3"
    workbook.save(target_path)


def _first_of_merge(sheet: Worksheet, address: str) -> Cell:
    cell = sheet[address]
    if isinstance(cell, MergedCell):
        for merged in sheet.merged_cells.ranges:
            if address in merged:
                return cast(Cell, sheet.cell(merged.min_row, merged.min_col))
    return cast(Cell, cell)


def _comment(cell: Cell, text: str) -> None:
    before = f"{cell.comment.text}\n" if cell.comment else ""
    comment = Comment(f"{before}{text}"[:2_000], _AUTHOR)
    comment.width, comment.height = 280, 90
    cell.comment = comment


def _list_errors(sheet: Worksheet, errors: Sequence[CellError]) -> None:
    cell: Any
    for column, (title, width) in enumerate(
        (("工作表", 14), ("行", 8), ("列", 6), ("列名", 18), ("填的内容", 28), ("应当", 60)), 1
    ):
        cell = sheet.cell(1, column, title)
        cell.font = _BOLD
        sheet.column_dimensions[cell.column_letter].width = width
    for row, error in enumerate(errors[:MAX_LISTED], 2):
        values = (
            error.sheet,
            error.row,
            error.column_letter,
            error.column_title,
            error.found,
            error.wanted,
        )
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column)
            if isinstance(value, str):
                _set_text(cell, value)
            else:
                cell.value = value
        cell.alignment = Alignment(wrap_text=True)
    sheet.freeze_panes = "A2"


def _set_text(cell: Any, text: str) -> None:
    """Text that stays text: openpyxl takes a leading "=" for a formula."""
    cell.value = clean(text, multiline=True)
    cell.data_type = "s"
    cell.number_format = "@"

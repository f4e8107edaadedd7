"""Worksheets as lists of values, read whole or not at all."""

import datetime
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from core import apart
from core.dates import Precision
from core.tabular import gate, trimming
from core.tabular.errors import SheetRefused
from core.tabular.package import MAX_TOTAL_BYTES

Value = str | float | bool | datetime.date | datetime.datetime | datetime.time | datetime.timedelta


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet. `rows[0]` is row 1 of the sheet and every row is equally wide; "" is empty.

    Cells merged downwards carry the value of their first cell in each row. `formulas`,
    `uncomputed`, `errors` and `precisions` go by (row, column) counted from 1: there the value is
    the result that was saved with a formula, or was never computed, or is an error, or is shown
    without its day.
    """

    name: str
    rows: list[list[Value]]
    is_visible: bool = True
    is_1904: bool = False
    saved_at: datetime.datetime | None = None
    formulas: frozenset[tuple[int, int]] = frozenset()
    uncomputed: frozenset[tuple[int, int]] = frozenset()
    errors: frozenset[tuple[int, int]] = frozenset()
    precisions: Mapping[tuple[int, int], Precision] = field(default_factory=dict)
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    merges: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()
    """((first row, first column), (last row, last column)), counted from 0."""


WAY_OUT = "请新建工作簿，只复制表格内容，另存为 .xlsx 后上传。"


def read_sheets(path: str | Path, *, name: str | None = None) -> list[Sheet]:
    """All worksheets of an xlsx, in the order of their tabs; runs the gate first. Both in a process
    of their own (`core.apart`): never in a transaction.

    `name` is the file's name as uploaded. Raises `SheetRefused` with the codes of
    `gate.check_workbook`, or `unreadable`, or `read_incomplete` when the reader returned less
    than the file holds; `runaway`; `apart.Busy`.
    """
    sheets = gate.refused(
        lambda: apart.call(_told, str(path), name or "", limits=apart.BEHIND, way_out=WAY_OUT)
    )
    return [_sheet(told) for told in sheets]


def _told(content: bytes, path: str, name: str) -> tuple[list[dict[str, Any]], bytes]:
    return [
        {
            "name": sheet.name,
            "rows": sheet.rows,
            "is_visible": sheet.is_visible,
            "is_1904": sheet.is_1904,
            "saved_at": sheet.saved_at,
            "formulas": list(sheet.formulas),
            "uncomputed": list(sheet.uncomputed),
            "errors": list(sheet.errors),
            "precisions": list(sheet.precisions.items()),
            "hidden_rows": list(sheet.hidden_rows),
            "merges": list(sheet.merges),
        }
        for sheet in read_here(path, name=name or None)
    ], b""


def _sheet(told: dict[str, Any]) -> Sheet:
    return Sheet(
        **told
        | {
            "formulas": frozenset(map(tuple, told["formulas"])),
            "uncomputed": frozenset(map(tuple, told["uncomputed"])),
            "errors": frozenset(map(tuple, told["errors"])),
            "precisions": {tuple(place): shown for place, shown in told["precisions"]},
            "hidden_rows": frozenset(told["hidden_rows"]),
            "merges": [(tuple(first), tuple(last)) for first, last in told["merges"]],
        }
    )


def read_here(path: str | Path, *, name: str | None = None) -> list[Sheet]:
    """`read_sheets` in this process: only inside of `core.apart`, and for what we wrote ourselves."""
    facts = gate.check_workbook(path, name=name)
    if any(sheet.has_ghosts for sheet in facts.sheets.values()):
        with tempfile.TemporaryDirectory(dir=Path(path).parent) as private:
            trimmed = Path(private) / "trimmed.xlsx"
            trimming.write_trimmed(Path(path), trimmed, facts)
            return _read_all(trimmed, gate.check_workbook(trimmed, max_bytes=MAX_TOTAL_BYTES * 2))
    return _read_all(path, facts)


def _read_all(path: str | Path, facts: gate.WorkbookFacts) -> list[Sheet]:
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        visible = {
            meta.name: meta.visible == SheetVisibleEnum.Visible for meta in workbook.sheets_metadata
        }
        values = gate.Values(path, facts)
        return [
            _read(values, facts, tab, workbook.get_sheet_by_name(tab), visible.get(tab, True))
            for tab in facts.sheets
        ]
    except (CalamineError, ValueError, OverflowError) as error:
        raise _unreadable() from error
    except BaseException as error:
        # A panic of the Rust reader is no Exception; anything else goes its way.
        if type(error).__name__ != "PanicException":
            raise
        raise _unreadable() from error


def _unreadable() -> SheetRefused:
    return SheetRefused("unreadable", "工作簿读不出来。请用 Excel 或 WPS 重新另存为 .xlsx 后上传")


def _read(
    values: gate.Values, facts: gate.WorkbookFacts, tab: str, sheet: CalamineSheet, is_visible: bool
) -> Sheet:
    measured = facts.sheets[tab]
    if sheet.end is None or not measured.cells:
        rows: list[list[Value]] = []
        count = 0
    else:
        rows = sheet.to_python(skip_empty_area=False)
        count = sum(len(row) - row.count("") for row in rows)
    explained = count + measured.blanks + len(measured.errors)
    if explained < measured.cells and count < values.count(tab):
        raise SheetRefused(
            "read_incomplete",
            f"工作表“{tab}”只能读出一部分（{count} 格，共 {measured.cells} 格），没有导入。"
            "请用 Excel 或 WPS 重新另存为 .xlsx 后上传",
        )
    merges = sheet.merged_cell_ranges or [] if rows else []
    _fill_down(tab, rows, merges, measured.precisions)
    return Sheet(
        name=tab,
        rows=rows,
        is_visible=is_visible,
        is_1904=facts.is_1904,
        saved_at=facts.saved_at,
        formulas=frozenset(measured.formulas),
        uncomputed=frozenset(measured.uncomputed),
        errors=frozenset(measured.errors),
        precisions=measured.precisions,
        hidden_rows=frozenset(measured.hidden_rows),
        merges=merges,
    )


def _fill_down(
    tab: str,
    rows: list[list[Value]],
    merges: list,
    precisions: dict[tuple[int, int], Precision],
) -> None:
    """Gives every row of a merge its value, so that each row stands for itself.

    A merge over several columns fills the first of them; one over the whole width is a title or
    a remark.
    """
    budget = sum(map(len, rows))
    for (top, left), (bottom, right) in merges:
        if top == bottom or top >= len(rows) or left >= len(rows[0]):
            continue
        if left != right and left == 0 and right >= len(rows[0]) - 1:
            continue
        bottom = min(bottom, len(rows) - 1)
        budget -= bottom - top
        if budget < 0:
            raise SheetRefused(
                "too_many_merges", f"工作表“{tab}”的合并单元格互相重叠。请取消合并后重新上传"
            )
        value = rows[top][left]
        if value == "":
            continue
        precision = precisions.get((top + 1, left + 1))
        for index in range(top + 1, bottom + 1):
            if rows[index][left] == "":
                rows[index][left] = value
                if precision:
                    precisions[index + 1, left + 1] = precision

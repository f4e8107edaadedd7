"""A copy of a workbook without cells far out in which there is nothing to see.

Programs leave blanks in the last row, or a running number filled down to it. The reader reserves
memory for everything up to there, so it is given a copy that ends where the data end.
"""

import zipfile
from pathlib import Path

from core.tabular.addresses import column_index
from core.tabular.facts import SheetFacts
from core.tabular.gate import WorkbookFacts
from core.tabular.package import Package
from core.tabular.parts import pairs_of, strict_parser


def write_trimmed(source: Path, target: Path, facts: WorkbookFacts) -> None:
    """Copies a workbook that has passed the gate, its sheets cut behind their last row and
    column of data."""
    parts = {sheet.part: sheet for sheet in facts.sheets.values() if sheet.has_ghosts}
    with (
        source.open("rb") as file,
        zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy,
    ):
        package = Package(file, facts.size)
        for entry in package.entries:
            if entry.is_dir():
                continue
            content = b"".join(package.chunks(entry))
            if entry.filename in parts:
                content = _cut(content, parts[entry.filename])
            copy.writestr(entry.filename, content)


def _cut(content: bytes, sheet: SheetFacts) -> bytes:
    pieces = []
    end = 0
    for first, last in _far_spans(content, sheet):
        pieces.append(content[end:first])
        end = last
    pieces.append(content[end:])
    return b"".join(pieces)


def _far_spans(content: bytes, sheet: SheetFacts) -> list[tuple[int, int]]:
    """Where the far cells of near rows, and the far rows, begin and end."""
    parser = strict_parser(sheet.part)
    spans: list[tuple[int, int]] = []
    row = 0
    far_from: int | None = None

    def start(name: str, attributes: list[str]) -> None:
        nonlocal row, far_from
        local = name.rpartition(":")[2]
        if far_from is not None or local not in ("row", "c"):
            return
        reference = pairs_of(attributes).get("r", "")
        if local == "row":
            row = int(reference or row + 1)
            is_far = row > sheet.last_row
        else:
            column = reference.rstrip("0123456789")
            is_far = bool(column) and column_index(column) >= sheet.last_column
        if is_far:
            far_from = parser.CurrentByteIndex

    def end(name: str) -> None:
        nonlocal far_from
        local = name.rpartition(":")[2]
        if far_from is None or local not in ("row", "sheetData"):
            return
        if local == "sheetData" or row <= sheet.last_row:
            spans.append((far_from, parser.CurrentByteIndex))
            far_from = None

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(content, True)
    return spans

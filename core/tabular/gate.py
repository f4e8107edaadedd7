"""The upload gate for workbooks: nothing opens an xlsx before it has passed here.

Every part of the package is read once and counted; what its XML parts tell (`parts.py`) is put
together here.
"""

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TypeVar

from core import apart
from core.errors import DomainError
from core.tabular.errors import SheetRefused
from core.tabular.facts import Findings, SheetFacts
from core.tabular.package import Package
from core.tabular.parts import (
    MAIN_TYPE,
    active_content,
    doctype,
    pairs_of,
    read_xml,
    strict_parser,
)

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_SHEETS = 50
MAX_TEXT_CHARACTERS = 64_000_000
_ACTIVE_PARTS = re.compile(
    r"(^|/)(vbaproject|vbadata|macrosheets|dialogsheets|activex|embeddings|externallinks|ctrlprops"
    r"|connections\.xml|querytables|webextensions|customui)|\.(bin|exe|dll|js|vbs|bat|cmd|ole)$",
    re.I,
)
_HARMLESS_BINARY = re.compile(r"(^|/)printersettings/[^/]+\.bin$", re.I)


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """What the gate learned about an accepted workbook."""

    size: int
    unpacked: int
    is_1904: bool
    saved_at: datetime.datetime | None
    """When it was last saved, as the program that wrote it says."""
    sheets: dict[str, SheetFacts]
    """Worksheets by the name on their tab, in the order of the tabs."""


def check_workbook(
    path: str | Path, *, name: str | None = None, max_bytes: int = MAX_FILE_BYTES
) -> WorkbookFacts:
    """Accept an xlsx or raise `SheetRefused(code, Chinese message)`.

    `name` is the file's name as uploaded, when `path` is a stored name. Codes: file_missing,
    file_empty, file_too_large, file_extension, file_old_format, file_not_workbook, zip_damaged,
    zip_path, zip_link, zip_encrypted, zip_nested, zip_bomb, content_type, active_content,
    external_link, doctype, xml_encoding, xml_damaged, far_cell, too_many_rows, too_many_sheets,
    too_many_merges, too_much_text, too_many_formulas, no_sheet.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            _check_outside(file.read(8), size, PurePosixPath(name or path.name).suffix, max_bytes)
            file.seek(0)
            return _check_package(Package(file, size), size)
    except OSError as error:
        raise SheetRefused("file_missing", "文件不存在或读不出来，请重新上传") from error


Answer = TypeVar("Answer")


def refused(call: Callable[[], tuple[Answer, bytes]]) -> Answer:
    """What `call` of `core.apart` gives; its refusals as SheetRefused."""
    try:
        return call()[0]
    except apart.Busy:
        raise
    except DomainError as error:
        raise SheetRefused(error.code, error.message) from None


def check_apart(content: bytes, *, name: str, max_bytes: int) -> None:
    """`check_workbook` for an upload of anybody, in a process of its own: never in a transaction.
    Raises SheetRefused also with code `runaway`, and `apart.Busy`."""
    _check_outside(content[:8], len(content), PurePosixPath(name).suffix, max_bytes)
    refused(
        lambda: apart.call(
            _checked,
            content=content,
            limits=apart.IN_A_REQUEST,
            way_out="请新建工作簿，只复制表格内容，另存为 .xlsx 后上传。",
        )
    )


def _checked(content: bytes) -> tuple[None, bytes]:
    check_workbook_file(io.BytesIO(content), len(content))
    return None, b""


def check_workbook_file(file: BinaryIO, size: int) -> WorkbookFacts:
    """`check_workbook` for an open file whose outside is known to be right."""
    return _check_package(Package(file, size), size)


def _check_outside(start: bytes, size: int, extension: str, max_bytes: int) -> None:
    if size == 0:
        raise SheetRefused("file_empty", "文件是空的，请检查后重新上传")
    if size > max_bytes:
        limit, found = max_bytes // 1024 // 1024, size / 1024 / 1024
        raise SheetRefused(
            "file_too_large",
            f"文件有 {found:.1f} MB，最多 {limit} MB。请删除图片或分成几个文件上传",
        )
    if extension.lower() != ".xlsx":
        raise SheetRefused(
            "file_extension",
            f"只接收 .xlsx 文件，这个文件是“{extension or '无扩展名'}”。请在 Excel 或 WPS 中另存为 .xlsx",
        )
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetRefused(
            "file_old_format", "这是旧版 .xls、.et 或带密码的文件。请取消密码并另存为 .xlsx 后上传"
        )
    if not start.startswith(b"PK\x03\x04"):
        raise SheetRefused("file_not_workbook", "这不是 Excel 工作簿。请另存为 .xlsx 后上传")


def _check_package(package: Package, size: int) -> WorkbookFacts:
    findings = Findings()
    names = {entry.filename for entry in package.entries}
    if "[Content_Types].xml" not in names or "_rels/.rels" not in names:
        raise SheetRefused("file_not_workbook", "这不是 Excel 工作簿。请另存为 .xlsx 后上传")
    for name in names:
        if _ACTIVE_PARTS.search(name) and not _HARMLESS_BINARY.search(name):
            raise active_content(name)
    unpacked = 0
    for entry in _in_reading_order(package, findings):
        if entry.filename.lower().endswith((".xml", ".rels")):
            unpacked += read_xml(package, entry, findings)
        else:
            unpacked += _read_other(package, entry)
    if findings.type_of(findings.workbook_part or "") != MAIN_TYPE:
        raise SheetRefused(
            "content_type", "文件内容与 .xlsx 不符。请在 Excel 或 WPS 中另存为 .xlsx"
        )
    sheets = _name_sheets(findings)
    _check_text_volume(package, findings)
    return WorkbookFacts(
        size=size,
        unpacked=unpacked,
        is_1904=findings.is_1904,
        saved_at=_moment(findings.saved),
        sheets=sheets,
    )


def _moment(text: str) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _in_reading_order(package: Package, findings: Findings) -> Iterator[zipfile.ZipInfo]:
    """Relations, then what worksheets refer to, as the relations tell by then, then the rest."""

    def names_others(entry: zipfile.ZipInfo) -> bool:
        return entry.filename.lower().endswith(".rels")

    yield from filter(names_others, package.entries)
    rest = [entry for entry in package.entries if not names_others(entry)]
    yield from sorted(rest, key=lambda entry: entry.filename.lower() not in findings.read_first)


def _name_sheets(findings: Findings) -> dict[str, SheetFacts]:
    if len(findings.tabs) > MAX_SHEETS:
        raise SheetRefused(
            "too_many_sheets", f"工作表有 {len(findings.tabs)} 个，最多 {MAX_SHEETS} 个"
        )
    sheets = {}
    # Names of parts have no case.
    parts = {name.lower(): facts for name, facts in findings.worksheets.items()}
    for tab, relation in findings.tabs:
        facts = parts.get(findings.targets.get(relation, "").lower())
        if facts is not None:  # a chart sheet has a tab, too
            sheets[tab] = facts
    if not sheets:
        raise SheetRefused("no_sheet", "工作簿里没有工作表")
    return sheets


def _check_text_volume(package: Package, findings: Findings) -> None:
    """Shared strings multiply: a long one behind every cell is a bomb that no zip limit sees."""
    cells = sum(facts.cells for facts in findings.worksheets.values())
    if findings.longest_text * cells <= MAX_TEXT_CHARACTERS:
        return
    volume = 0
    for entry in package.entries:
        if entry.filename not in findings.worksheets:
            continue
        for length in _text_lengths(package, entry, findings):
            volume += length
            if volume > MAX_TEXT_CHARACTERS:
                raise SheetRefused("too_much_text", "表中文字过多，不能接收。请分成几个文件上传")


def _text_lengths(package: Package, entry: zipfile.ZipInfo, findings: Findings) -> Iterator[int]:
    """Text length of every non-empty cell in a worksheet part, shared strings looked up."""
    shared = findings.text_lengths
    found: list[int] = []
    pieces: list[str] = []  # of the open value: a parser hands text out in pieces
    kind = ""
    length = 0  # of the open cell
    is_value = False

    def start(name: str, attributes: list[str]) -> None:
        nonlocal kind, is_value
        local = name.rpartition(":")[2]
        if local == "c":
            kind = pairs_of(attributes).get("t", "n")
        is_value = local in ("v", "t") and kind != "e"

    def end(name: str) -> None:
        nonlocal is_value, length
        if is_value:
            value = "".join(pieces)
            if kind == "s":
                place = value.strip()
                if place.isdecimal() and len(place) < 8 and int(place) < len(shared):
                    length += shared[int(place)]
            else:
                length += len(value.strip() if findings.ignores_blanks else value)
            pieces.clear()
            is_value = False
        elif length and name.rpartition(":")[2] == "c":
            found.append(length)
            length = 0

    def text(data: str) -> None:
        if is_value:
            pieces.append(data)

    parser = strict_parser(entry.filename)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    for piece in package.again().chunks(entry):
        parser.Parse(piece)
        yield from found
        found.clear()


class Values:
    """How many cells of a sheet hold a value: exact, and slower than the gate. The texts that the
    sheets share are measured once for all of them."""

    def __init__(self, path: str | Path, facts: WorkbookFacts) -> None:
        self._path = path
        self._facts = facts
        self._shared: Findings | None = None

    def count(self, sheet: str) -> int:
        """Of the sheet on this tab. Cells whose value is written down but empty or blank do not
        count, nor do error values."""
        part = self._facts.sheets[sheet].part
        with Path(self._path).open("rb") as file:
            package = Package(file, self._facts.size)
            if self._shared is None:
                self._shared = Findings(ignores_blanks=True)
                for entry in package.entries:
                    if entry.filename.lower().endswith("sharedstrings.xml"):
                        read_xml(package, entry, self._shared)
            (entry,) = (entry for entry in package.entries if entry.filename == part)
            return sum(1 for _ in _text_lengths(package, entry, self._shared))


def _read_other(package: Package, entry: zipfile.ZipInfo) -> int:
    """Counts a part that is no strict XML. Drawings of comments (.vml) are loose markup."""
    size = 0
    tail = b""
    for piece in package.chunks(entry):
        size += len(piece)
        if entry.filename.lower().endswith(".vml"):
            text = (tail + piece).replace(b"\0", b"").upper()
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise doctype()
            tail = text[-10:]
    return size

"""The upload gate for workbooks: nothing opens an xlsx before it has passed here.

Every part of the package is read once, counted, and every XML part runs through a parser that
refuses document types. Worksheets are measured on the way: where their outermost filled cells
are and which cells hold formulas, so that the reader can neither be led into reserving memory
for a far cell nor be shown less than the file holds.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit
from xml.parsers import expat

from core.tabular.addresses import column_index, column_letter
from core.tabular.errors import SheetRefused
from core.tabular.package import Package
from core.text import clean

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_DATA_ROWS = 20_000
MAX_COLUMNS = 60
# Above the data stand titles, below it totals and signatures.
MAX_FILLED_ROWS = MAX_DATA_ROWS + 200
# Blank rows between data are tolerated, but the grid has to fit into memory.
MAX_LAST_ROW = 2 * MAX_DATA_ROWS
MAX_SHEETS = 50
MAX_MERGES = 20_000
MAX_FORMULAS = 50_000
MAX_DEPTH = 200
MAX_TEXT_CHARACTERS = 64_000_000
MAX_SHARED_STRINGS = 2_000_000

_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_ACTIVE_TYPES = re.compile(
    r"macro|vba|activex|oleobject|externallink|\.binary|connections|querytable|webextension", re.I
)
_ACTIVE_PARTS = re.compile(
    r"(^|/)(vbaproject|vbadata|macrosheets|dialogsheets|activex|embeddings|externallinks|ctrlprops"
    r"|connections\.xml|querytables|webextensions|customui)|\.(bin|exe|dll|js|vbs|bat|cmd|ole)$",
    re.I,
)
_HARMLESS_BINARY = re.compile(r"(^|/)printersettings/[^/]+\.bin$", re.I)
_ACTIVE_RELATIONS = re.compile(
    r"/(externallink\w*|oleobject|package|vbaproject\w*|wordvbadata|control|activex\w*|xlmacrosheet"
    r"|xlintlmacrosheet|connections|querytable|webextension\w*|attachedtemplate|attachedtoolbars"
    r"|customui\w*|extensibility)$",
    re.I,
)
_ACTIVE_ELEMENTS = frozenset(("ddeLink", "oleLink", "oleObject", "oleObjects", "externalBook"))
_ACTIVE_FORMULA = re.compile(
    r"\b(?:DDE|DDEAUTO|CALL|EXEC|REGISTER(?:\.ID)?|WEBSERVICE|RTD)\s*\(|[A-Za-z]\s*\|\s*'?[^|]*!",
    re.I,
)
_PLAIN_LINKS = frozenset(("http", "https", "mailto", "tel", ""))


@dataclass(slots=True)
class SheetFacts:
    """What one worksheet part really holds. Rows and columns count from 1; cells are filled ones."""

    part: str
    cells: int = 0
    blanks: int = 0
    """How many of the cells hold nothing but blanks."""
    filled_rows: int = 0
    last_row: int = 0
    last_column: int = 0
    merges: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    """(row, column) of formula cells, both counted from 1."""
    errors: set[tuple[int, int]] = field(default_factory=set)
    """(row, column) of cells holding an error value such as #REF!."""


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """What the gate learned about an accepted workbook."""

    size: int
    unpacked: int
    is_1904: bool
    sheets: dict[str, SheetFacts]
    """Worksheets by the name on their tab, in the order of the tabs."""


@dataclass(slots=True)
class _Findings:
    worksheets: dict[str, SheetFacts] = field(default_factory=dict)
    tabs: list[tuple[str, str]] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)
    main_part: str | None = None
    workbook_part: str | None = None
    is_1904: bool = False
    longest_text: int = 0
    text_lengths: list[int] = field(default_factory=list)
    ignores_blanks: bool = False


_Start = Callable[[str, list[str]], None]
Parser = expat.XMLParserType


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
    findings = _Findings()
    names = {entry.filename for entry in package.entries}
    if "[Content_Types].xml" not in names or "_rels/.rels" not in names:
        raise SheetRefused("file_not_workbook", "这不是 Excel 工作簿。请另存为 .xlsx 后上传")
    for name in names:
        if _ACTIVE_PARTS.search(name) and not _HARMLESS_BINARY.search(name):
            raise _active(name)
    unpacked = 0
    for entry in package.entries:
        if entry.filename.lower().endswith((".xml", ".rels")):
            unpacked += _read_xml(package, entry, findings)
        else:
            unpacked += _read_other(package, entry)
    if findings.main_part is None:
        raise SheetRefused(
            "content_type", "文件内容与 .xlsx 不符。请在 Excel 或 WPS 中另存为 .xlsx"
        )
    if findings.workbook_part != findings.main_part:
        raise SheetRefused(
            "content_type", "文件内容与 .xlsx 不符。请在 Excel 或 WPS 中另存为 .xlsx"
        )
    sheets = _name_sheets(findings)
    _check_text_volume(package, findings)
    return WorkbookFacts(size=size, unpacked=unpacked, is_1904=findings.is_1904, sheets=sheets)


def _name_sheets(findings: _Findings) -> dict[str, SheetFacts]:
    if len(findings.tabs) > MAX_SHEETS:
        raise SheetRefused(
            "too_many_sheets", f"工作表有 {len(findings.tabs)} 个，最多 {MAX_SHEETS} 个"
        )
    sheets = {}
    for tab, relation in findings.tabs:
        facts = findings.worksheets.get(findings.targets.get(relation, ""))
        if facts is not None:  # a chart sheet has a tab, too
            sheets[tab] = facts
    if not sheets:
        raise SheetRefused("no_sheet", "工作簿里没有工作表")
    return sheets


def _check_text_volume(package: Package, findings: _Findings) -> None:
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


def _text_lengths(package: Package, entry: zipfile.ZipInfo, findings: _Findings) -> Iterator[int]:
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
            kind = _pairs(attributes).get("t", "n")
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

    parser = _parser(entry.filename)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    for piece in package.again().chunks(entry):
        parser.Parse(piece)
        yield from found
        found.clear()


def count_values(path: str | Path, facts: WorkbookFacts, sheet: str) -> int:
    """How many cells of a sheet hold a value: exact, and slower than the gate.

    Cells whose value is written down but empty or blank do not count, nor do error values.
    """
    part = facts.sheets[sheet].part
    with Path(path).open("rb") as file:
        package = Package(file, facts.size)
        findings = _Findings(ignores_blanks=True)
        for entry in package.entries:
            if entry.filename.lower().endswith("sharedstrings.xml"):
                _read_xml(package, entry, findings)
        (entry,) = (entry for entry in package.entries if entry.filename == part)
        return sum(1 for _ in _text_lengths(package, entry, findings))


def _parser(part: str) -> Parser:
    parser = expat.ParserCreate()
    parser.ordered_attributes = True

    def refuse(*_: object) -> int:
        raise _doctype()

    def declaration(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii"):
            raise SheetRefused("xml_encoding", f"文件内部编码是 {encoding[:20]}，只接收 UTF-8")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.XmlDeclHandler = declaration
    return parser


def _read_xml(package: Package, entry: zipfile.ZipInfo, findings: _Findings) -> int:
    part = entry.filename
    parser = _parser(part)
    starts: list[None] = []
    ends: list[str] = []
    depth = size = 0

    def root(name: str, attributes: list[str]) -> None:
        make = _HANDLERS.get(name.rpartition(":")[2], _any_part)
        parser.StartElementHandler = make(part, parser, findings, starts)
        parser.StartElementHandler(name, attributes)

    parser.StartElementHandler = root
    # A C function as end handler costs next to nothing; the depth is looked at between chunks.
    parser.EndElementHandler = ends.append
    try:
        for piece in package.chunks(entry):
            if size == 0 and (piece[:2] in (b"\xfe\xff", b"\xff\xfe") or b"\0" in piece[:8]):
                raise SheetRefused(
                    "xml_encoding", "文件内部编码不是 UTF-8，不能接收。请重新另存为 .xlsx"
                )
            size += len(piece)
            parser.Parse(piece)
            depth += len(starts) - len(ends)
            starts.clear()
            ends.clear()
            if depth > MAX_DEPTH:
                raise _xml_damaged(part)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _xml_damaged(part) from error
    return size


def _read_other(package: Package, entry: zipfile.ZipInfo) -> int:
    """Counts a part that is no strict XML. Drawings of comments (.vml) are loose markup."""
    size = 0
    tail = b""
    for piece in package.chunks(entry):
        size += len(piece)
        if entry.filename.lower().endswith(".vml"):
            text = (tail + piece).replace(b"\0", b"").upper()
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise _doctype()
            tail = text[-10:]
    return size


def _doctype() -> SheetRefused:
    return SheetRefused("doctype", "文件内部含有文档类型或实体声明，不能接收。请重新另存为 .xlsx")


def _xml_damaged(part: str) -> SheetRefused:
    return SheetRefused(
        "xml_damaged", f"文件内部有损坏（{part[:60]}）。请用 Excel 或 WPS 重新另存为 .xlsx 后上传"
    )


def _active(what: str) -> SheetRefused:
    return SheetRefused(
        "active_content",
        f"文件含有宏、控件、嵌入对象或外部数据（{clean(what)[:60]}），不能接收。"
        "请新建工作簿，只复制表格内容，另存为 .xlsx 后上传",
    )


def _pairs(attributes: list[str]) -> dict[str, str]:
    return dict(zip(attributes[::2], attributes[1::2], strict=True))


def _any_part(part: str, parser: Parser, findings: _Findings, starts: list[None]) -> _Start:
    def start(name: str, attributes: list[str]) -> None:
        starts.append(None)
        if name.rpartition(":")[2] in _ACTIVE_ELEMENTS:
            raise _active(part)

    return start


def _content_types(part: str, parser: Parser, findings: _Findings, starts: list[None]) -> _Start:
    def start(name: str, attributes: list[str]) -> None:
        starts.append(None)
        local = name.rpartition(":")[2]
        if local not in ("Override", "Default") or part != "[Content_Types].xml":
            return
        pairs = _pairs(attributes)
        kind, owner = pairs.get("ContentType", ""), pairs.get("PartName", "")
        if kind == _MAIN_TYPE and local == "Override":
            findings.main_part = owner.lstrip("/")
        elif _ACTIVE_TYPES.search(kind):
            raise _active(owner or pairs.get("Extension", ""))

    return start


def _relations(part: str, parser: Parser, findings: _Findings, starts: list[None]) -> _Start:
    folder, _, name_of = part.rpartition("_rels/")
    owner = folder + name_of.removesuffix(".rels")

    def start(name: str, attributes: list[str]) -> None:
        starts.append(None)
        if name.rpartition(":")[2] != "Relationship":
            return
        pairs = _pairs(attributes)
        kind, target = pairs.get("Type", ""), pairs.get("Target", "")
        if _ACTIVE_RELATIONS.search(kind):
            raise _active(target)
        if pairs.get("TargetMode", "").lower() == "external":
            if not kind.endswith("/hyperlink") or not _is_plain_link(target):
                raise SheetRefused(
                    "external_link",
                    f"文件引用了外部文件或网络资源（{clean(target)[:60]}），不能接收。"
                    "请断开链接、只保留数值后重新上传",
                )
            return
        resolved = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        if part == "_rels/.rels" and kind.endswith("/officeDocument"):
            findings.workbook_part = resolved
        findings.targets[f"{owner}#{pairs.get('Id', '')}"] = resolved

    return start


def _is_plain_link(target: str) -> bool:
    try:
        scheme = urlsplit(target).scheme.lower()
    except ValueError:
        return False
    return scheme in _PLAIN_LINKS and not target.startswith(("\\\\", "//"))


def _workbook(part: str, parser: Parser, findings: _Findings, starts: list[None]) -> _Start:
    def start(name: str, attributes: list[str]) -> None:
        starts.append(None)
        local = name.rpartition(":")[2]
        if local in _ACTIVE_ELEMENTS:
            raise _active(part)
        if local == "sheet":
            relation = next(
                (value for key, value in _pairs(attributes).items() if key.endswith(":id")), ""
            )
            findings.tabs.append((_pairs(attributes).get("name", ""), f"{part}#{relation}"))
        elif local == "workbookPr":
            findings.is_1904 = _pairs(attributes).get("date1904", "") in ("1", "true", "on")

    return start


def _shared_strings(part: str, parser: Parser, findings: _Findings, starts: list[None]) -> _Start:
    lengths = findings.text_lengths

    def start(name: str, attributes: list[str]) -> None:
        starts.append(None)
        if name == "si" or name.endswith(":si"):
            lengths.append(0)
            if len(lengths) > MAX_SHARED_STRINGS:
                raise SheetRefused("too_much_text", "表中文字过多，不能接收。请分成几个文件上传")

    def text(data: str) -> None:
        if lengths:
            lengths[-1] += len(data.strip() if findings.ignores_blanks else data)
            if lengths[-1] > findings.longest_text:
                findings.longest_text = lengths[-1]

    parser.buffer_text = True
    parser.CharacterDataHandler = text
    return start


def _worksheet(part: str, parser: Parser, findings: _Findings, starts: list[None]) -> _Start:
    """Measures one worksheet. Refuses what would make a reader reserve too much, or read less."""
    facts = findings.worksheets[part] = SheetFacts(part)
    columns: dict[str, int] = {}
    add = starts.append
    row = 0
    row_text = ""
    column = ""  # letters of the open cell
    last_column_index = 0  # of the last cell in this row, from 1
    before = ""  # the element opened last
    is_cell_empty = False  # a cell was opened and has no value yet
    is_error = False  # that cell holds an error value
    row_has_value = False
    formula: list[str] = []

    def text(data: str) -> None:
        if before == "f":
            formula.append(data)
            if _ACTIVE_FORMULA.search("".join(formula[-50:])):
                raise _active(f"{column}{row}")
        elif data.isspace() and (before == "t" or before == "v"):
            facts.blanks += 1

    def open_row(attributes: list[str]) -> None:
        nonlocal row, row_text, last_column_index, row_has_value
        pairs = _pairs(attributes)
        given = pairs.get("r", "")
        number = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0
        if given and (number <= row or str(number) != given):
            raise _xml_damaged(part)
        row = number or row + 1
        row_text, last_column_index, row_has_value = str(row), 0, False
        if pairs.get("hidden") in ("1", "true") and len(facts.hidden_rows) < MAX_DATA_ROWS:
            facts.hidden_rows.append(row)

    def open_cell(attributes: list[str]) -> None:
        nonlocal column, last_column_index
        if attributes and attributes[0] == "r":
            reference = attributes[1]
        else:
            reference = (
                _pairs(attributes).get("r") or f"{column_letter(last_column_index)}{row_text}"
            )
        if not reference.endswith(row_text):
            raise _xml_damaged(part)
        column = reference[: -len(row_text)]
        index = columns.get(column)
        if index is None:
            try:
                index = columns[column] = column_index(column) + 1
            except ValueError:
                raise _xml_damaged(part) from None
        if index <= last_column_index:
            raise _xml_damaged(part)
        last_column_index = index

    def fill_cell() -> None:
        nonlocal row_has_value
        facts.cells += 1
        if last_column_index > facts.last_column:
            facts.last_column = last_column_index
            if last_column_index > MAX_COLUMNS:
                raise _far(f"{column}{row}")
        if not row_has_value:
            row_has_value = True
            facts.last_row = row
            facts.filled_rows += 1
            if facts.filled_rows > MAX_FILLED_ROWS:
                raise SheetRefused(
                    "too_many_rows",
                    f"数据超过 {MAX_DATA_ROWS} 行，不能一次导入。请分成几个文件上传",
                )
            if row > MAX_LAST_ROW:
                raise _far(f"{column}{row}")

    def start(name: str, attributes: list[str]) -> None:
        nonlocal before, is_cell_empty, is_error
        add(None)
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            open_cell(attributes)
            is_cell_empty = True
            is_error = "e" in attributes
        elif name == "is" or name == "v":
            if is_cell_empty:
                is_cell_empty = False
                fill_cell()
                if is_error:
                    facts.errors.add((row, last_column_index))
        elif name == "row":
            open_row(attributes)
        elif name == "f":
            if before == "c":  # rules and validations have elements of this name, too
                facts.formulas.add((row, last_column_index))
            if len(facts.formulas) > MAX_FORMULAS:
                raise SheetRefused("too_many_formulas", "公式过多。请“选择性粘贴为数值”后重新上传")
            formula.clear()
        elif name == "mergeCell":
            facts.merges += 1
            if facts.merges > MAX_MERGES:
                raise SheetRefused(
                    "too_many_merges", "合并单元格过多。请取消数据区的合并后重新上传"
                )
        elif name in _ACTIVE_ELEMENTS:
            raise _active(part)
        before = name

    parser.buffer_text = True
    parser.CharacterDataHandler = text
    return start


def _far(cell: str) -> SheetRefused:
    return SheetRefused(
        "far_cell",
        f"单元格 {cell} 有内容，超出可读范围（最多 {MAX_DATA_ROWS} 行、{MAX_COLUMNS} 列）。"
        "请删除表格以外的内容后重新上传",
    )


_HANDLERS = {
    "worksheet": _worksheet,
    "workbook": _workbook,
    "Relationships": _relations,
    "Types": _content_types,
    "sst": _shared_strings,
}

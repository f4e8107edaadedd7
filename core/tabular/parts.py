"""The XML parts of a workbook's package: each runs once through a parser that refuses document
types, and tells what the gate has to know of it.

Worksheets are measured on the way: where their outermost filled cells are and which cells hold
formulas, so that the reader can neither be led into reserving memory for a far cell nor be shown
less than the file holds.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable
from urllib.parse import urlsplit
from xml.parsers import expat

from core.tabular.addresses import column_index, column_letter
from core.tabular.errors import SheetRefused
from core.tabular.facts import (
    CONTENT,
    MAX_COLUMNS,
    MAX_DATA_ROWS,
    MAX_DEPTH,
    MAX_FILLED_ROWS,
    MAX_FORMULA,
    MAX_FORMULAS,
    MAX_LAST_ROW,
    MAX_MERGES,
    MAX_SHARED_STRINGS,
    NOTHING,
    NUMBER,
    Findings,
    SheetFacts,
)
from core.tabular.package import Package
from core.text import clean

MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_ACTIVE_TYPES = re.compile(
    r"macro|vba|activex|oleobject|externallink|\.binary|connections|querytable|webextension", re.I
)
_ACTIVE_RELATIONS = re.compile(
    r"/(externallink\w*|oleobject|package|vbaproject\w*|wordvbadata|control|activex\w*|xlmacrosheet"
    r"|xlintlmacrosheet|connections|querytable|webextension\w*|attachedtemplate|attachedtoolbars"
    r"|customui\w*|extensibility)$",
    re.I,
)
_ACTIVE_ELEMENTS = frozenset(("ddeLink", "oleLink", "oleObject", "oleObjects", "externalBook"))
_ACTIVE_FORMULA = re.compile(
    r"\b(?:DDE|DDEAUTO|CALL|EXEC|REGISTER(?:\.ID)?|WEBSERVICE|RTD)\s*\(|[A-Za-z]\s*\|[^|]*!",
    re.I,
)
# What cells and rows read later refer to: read first, wherever it lies in the package.
_READ_FIRST = ("/styles", "/sharedStrings")
_STRING_KINDS = frozenset(("s", "str", "inlineStr", "b", "e"))
_PLAIN_LINKS = frozenset(("http", "https", "mailto", "tel", ""))


_Start = Callable[[str, list[str]], None]
Parser = expat.XMLParserType


def strict_parser(part: str) -> Parser:
    """A parser that refuses document types, entities and encodings other than UTF-8."""
    parser = expat.ParserCreate()
    parser.ordered_attributes = True

    def refuse(*_: object) -> int:
        raise doctype()

    def declaration(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii"):
            raise SheetRefused("xml_encoding", f"文件内部编码是 {encoding[:20]}，只接收 UTF-8")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.XmlDeclHandler = declaration
    return parser


def read_xml(package: Package, entry: zipfile.ZipInfo, findings: Findings) -> int:
    """Runs one part through the parser and adds what it tells to `findings`; its size unpacked.
    Raises SheetRefused.
    """
    part = entry.filename
    parser = strict_parser(part)
    starts: list[None] = []
    ends: list[str] = []
    depth = size = 0
    findings.finish = lambda: None

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
        findings.finish()
    except expat.ExpatError as error:
        raise _xml_damaged(part) from error
    return size


def doctype() -> SheetRefused:
    """The refusal of document types."""
    return SheetRefused("doctype", "文件内部含有文档类型或实体声明，不能接收。请重新另存为 .xlsx")


def _xml_damaged(part: str) -> SheetRefused:
    return SheetRefused(
        "xml_damaged", f"文件内部有损坏（{part[:60]}）。请用 Excel 或 WPS 重新另存为 .xlsx 后上传"
    )


def active_content(what: str) -> SheetRefused:
    """The refusal of macros, embedded objects and data from outside."""
    return SheetRefused(
        "active_content",
        f"文件含有宏、控件、嵌入对象或外部数据（{clean(what)[:60]}），不能接收。"
        "请新建工作簿，只复制表格内容，另存为 .xlsx 后上传",
    )


def pairs_of(attributes: list[str]) -> dict[str, str]:
    """The attributes of an element by name."""
    return dict(zip(attributes[::2], attributes[1::2], strict=True))


def _any_part(part: str, parser: Parser, findings: Findings, starts: list[None]) -> _Start:
    def start(name: str, attributes: list[str]) -> None:
        starts.append(None)
        if name.rpartition(":")[2] in _ACTIVE_ELEMENTS:
            raise active_content(part)

    return start


def _content_types(part: str, parser: Parser, findings: Findings, starts: list[None]) -> _Start:
    def start(name: str, attributes: list[str]) -> None:
        starts.append(None)
        local = name.rpartition(":")[2]
        if local not in ("Override", "Default") or part != "[Content_Types].xml":
            return
        pairs = pairs_of(attributes)
        kind, owner = pairs.get("ContentType", ""), pairs.get("PartName", "")
        if _ACTIVE_TYPES.search(kind):
            raise active_content(owner or pairs.get("Extension", ""))
        name = owner.lstrip("/") or f"*.{pairs.get('Extension', '')}"
        findings.types[name.lower()] = kind

    return start


def _relations(part: str, parser: Parser, findings: Findings, starts: list[None]) -> _Start:
    folder, _, name_of = part.rpartition("_rels/")
    owner = folder + name_of.removesuffix(".rels")

    def start(name: str, attributes: list[str]) -> None:
        starts.append(None)
        if name.rpartition(":")[2] != "Relationship":
            return
        pairs = pairs_of(attributes)
        kind, target = pairs.get("Type", ""), pairs.get("Target", "")
        if _ACTIVE_RELATIONS.search(kind):
            raise active_content(target)
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
        if kind.endswith(_READ_FIRST):
            findings.read_first.add(resolved.lower())
        findings.targets[f"{owner}#{pairs.get('Id', '')}"] = resolved

    return start


def _is_plain_link(target: str) -> bool:
    try:
        scheme = urlsplit(target).scheme.lower()
    except ValueError:
        return False
    return scheme in _PLAIN_LINKS and not target.startswith(("\\\\", "//"))


def _workbook(part: str, parser: Parser, findings: Findings, starts: list[None]) -> _Start:
    def start(name: str, attributes: list[str]) -> None:
        starts.append(None)
        local = name.rpartition(":")[2]
        if local in _ACTIVE_ELEMENTS:
            raise active_content(part)
        if local == "sheet":
            relation = next(
                (value for key, value in pairs_of(attributes).items() if key.endswith(":id")), ""
            )
            findings.tabs.append((pairs_of(attributes).get("name", ""), f"{part}#{relation}"))
        elif name == prefix + "workbookPr":  # an extension has an element of this name, too
            findings.is_1904 = pairs_of(attributes).get("date1904", "") in ("1", "true", "on")

    prefix = ""

    def root(name: str, attributes: list[str]) -> None:
        nonlocal prefix
        prefix = name.removesuffix("workbook")
        parser.StartElementHandler = start
        start(name, attributes)

    return root


def _core_properties(part: str, parser: Parser, findings: Findings, starts: list[None]) -> _Start:
    is_modified = False

    def start(name: str, attributes: list[str]) -> None:
        nonlocal is_modified
        starts.append(None)
        is_modified = name.rpartition(":")[2] == "modified"

    def text(data: str) -> None:
        if is_modified and not findings.saved:
            findings.saved = data.strip()[:40]

    parser.buffer_text = True
    parser.CharacterDataHandler = text
    return start


def _style_sheet(part: str, parser: Parser, findings: Findings, starts: list[None]) -> _Start:
    is_cell_format = False

    def start(name: str, attributes: list[str]) -> None:
        nonlocal is_cell_format
        starts.append(None)
        local = name.rpartition(":")[2]
        if local in ("cellXfs", "cellStyleXfs", "dxfs"):
            is_cell_format = local == "cellXfs"
        elif local in ("numFmt", "xf"):
            findings.styles.start(local, pairs_of(attributes), is_cell_format=is_cell_format)

    return start


def _weight(data: str) -> int:
    """NOTHING, NUMBER or CONTENT: what there is to see of a text."""
    if data.isspace() or not (data.isprintable() or clean(data)):
        return NOTHING
    return NUMBER if data.strip().isdecimal() else CONTENT


def _shared_strings(part: str, parser: Parser, findings: Findings, starts: list[None]) -> _Start:
    lengths, kinds = findings.text_lengths, findings.text_kinds

    def start(name: str, attributes: list[str]) -> None:
        starts.append(None)
        if name == "si" or name.endswith(":si"):
            lengths.append(0)
            kinds.append(NOTHING)
            if len(lengths) > MAX_SHARED_STRINGS:
                raise SheetRefused("too_much_text", "表中文字过多，不能接收。请分成几个文件上传")

    def text(data: str) -> None:
        if lengths:
            lengths[-1] += len(data.strip() if findings.ignores_blanks else data)
            kinds[-1] = max(kinds[-1], _weight(data))
            if lengths[-1] > findings.longest_text:
                findings.longest_text = lengths[-1]

    parser.buffer_text = True
    parser.CharacterDataHandler = text
    return start


def _worksheet(part: str, parser: Parser, findings: Findings, starts: list[None]) -> _Start:
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
    is_formula = False
    kind = style = ""  # of the open cell
    lone_number = 0  # column of the bare number that is all there is to see in this row so far
    is_row_counted = False
    running = (0, 0)  # row and column of the last row's running number
    shown = findings.styles.precisions()
    formula: list[str] = []  # of the open cell: looked at once, when the next element opens
    formula_length = 0
    value: list[str] = []  # pieces of the open cell's value

    def text(data: str) -> None:
        nonlocal formula_length
        if before == "f":
            formula.append(data)
            formula_length += len(data)
            if formula_length > MAX_FORMULA:
                raise _xml_damaged(part)
        elif before == "t" or before == "v":
            if data.isspace():
                facts.blanks += 1
            value.append(data)

    def close_value() -> None:
        """Looks at what the last cell holds: a parser hands it out in pieces."""
        text = "".join(value)
        value.clear()
        facts.uncomputed.discard((row, last_column_index))
        weigh(text)

    def weigh(data: str) -> None:
        nonlocal lone_number, is_row_counted, running
        if kind == "s" and before == "v":
            place = int(data) if data.isdecimal() and len(data) < 8 else -1
            kinds = findings.text_kinds
            weight = kinds[place] if 0 <= place < len(kinds) else CONTENT
        elif kind in ("", "n"):
            weight = NUMBER
        else:
            weight = _weight(data)
        if weight == NOTHING:
            return
        if last_column_index > MAX_COLUMNS:
            raise _far(f"{column}{row}")
        if not is_row_counted:
            if weight == NUMBER and lone_number in (0, last_column_index):
                lone_number = last_column_index
                above, running = running, (row, last_column_index)
                if row > MAX_LAST_ROW and above != (row - 1, last_column_index):
                    raise _far(f"{column}{row}")
                return
            is_row_counted = True
            count_row()
        facts.last_column = max(facts.last_column, last_column_index)

    def count_row() -> None:
        facts.last_row = row
        facts.filled_rows += 1
        if facts.filled_rows > MAX_FILLED_ROWS:
            raise SheetRefused(
                "too_many_rows",
                f"数据超过 {MAX_DATA_ROWS} 行，不能一次导入。请分成几个文件上传",
            )
        if row > MAX_LAST_ROW:
            raise _far(f"{column}{row}")

    def check_formula() -> None:
        nonlocal formula_length
        if _ACTIVE_FORMULA.search("".join(formula)):
            raise active_content(f"{column}{row}")
        formula.clear()
        formula_length = 0

    def open_row(attributes: list[str]) -> None:
        nonlocal row, row_text, last_column_index, lone_number, is_row_counted
        pairs = pairs_of(attributes)
        given = pairs.get("r", "")
        number = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0
        if given and (number <= row or str(number) != given):
            raise _xml_damaged(part)
        row = number or row + 1
        row_text, last_column_index, lone_number, is_row_counted = str(row), 0, 0, False
        if pairs.get("hidden") in ("1", "true") and len(facts.hidden_rows) < MAX_DATA_ROWS:
            facts.hidden_rows.append(row)

    def open_cell(attributes: list[str]) -> None:
        nonlocal column, last_column_index, kind, style
        kind = style = ""
        for place in range(0, len(attributes), 2):
            if attributes[place] == "t":
                kind = attributes[place + 1]
            elif attributes[place] == "s":
                style = attributes[place + 1]
        if attributes and attributes[0] == "r":
            reference = attributes[1]
        else:
            reference = (
                pairs_of(attributes).get("r") or f"{column_letter(last_column_index)}{row_text}"
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
        facts.cells += 1
        facts.outer_row = row
        facts.outer_column = max(facts.outer_column, last_column_index)
        if is_formula and kind == "str":  # its result may be an empty text
            facts.uncomputed.discard((row, last_column_index))
        if style in shown and kind not in _STRING_KINDS:
            facts.precisions[row, last_column_index] = shown[style]

    def start(name: str, attributes: list[str]) -> None:
        nonlocal before, is_cell_empty, is_error, is_formula
        add(None)
        if formula:
            check_formula()
        if value:
            close_value()
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            open_cell(attributes)
            is_cell_empty = True
            is_error, is_formula = kind == "e", False
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
                facts.uncomputed.add((row, last_column_index))
                is_formula = True
            if len(facts.formulas) > MAX_FORMULAS:
                raise SheetRefused("too_many_formulas", "公式过多。请“选择性粘贴为数值”后重新上传")
        elif name == "mergeCell":
            facts.merges += 1
            if facts.merges > MAX_MERGES:
                raise SheetRefused(
                    "too_many_merges", "合并单元格过多。请取消数据区的合并后重新上传"
                )
        elif name in _ACTIVE_ELEMENTS:
            raise active_content(part)
        before = name

    def finish() -> None:
        if formula:
            check_formula()
        if value:
            close_value()

    findings.finish = finish
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
    "styleSheet": _style_sheet,
    "coreProperties": _core_properties,
}

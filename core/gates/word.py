"""The gate of .docx: the same counted reading as for workbooks, and no active content.

A link to the unit's template is no more than where styles once came from: it is taken out, for
opened it would fetch whatever lies there by then.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import BinaryIO
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from core.tabular.errors import SheetRefused
from core.tabular.package import Package
from core.text import clean

MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# No embedded thing at all: whatever the program behind it is, it would be started by a click.
ACTIVE_PARTS = re.compile(
    r"(^|/)(vbaproject|vbadata|activex|embeddings|externallinks|ctrlprops|webextensions|customui)"
    r"|\.(bin|exe|dll|js|vbs|bat|cmd|ole|lnk|html?|mht)$",
    re.I,
)
_ACTIVE_TYPES = re.compile(r"macro|vba|activex|oleobject|\.binary|webextension|afchunk", re.I)
_ACTIVE_RELATIONS = re.compile(
    r"/(oleobject|package|vbaproject\w*|wordvbadata|control|activex\w*|webextension\w*|customui\w*"
    r"|afchunk|frame|subdocument|extensibility)$",
    re.I,
)
# Fields that fetch something from elsewhere when the document is opened or printed.
_FETCHING_FIELD = re.compile(
    r"(DDE|DDEAUTO|LINK|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|DATABASE|QUOTE \d+)\b", re.I
)
_BEFORE_FIELD = re.compile(r"^\W+")
_BLANKS = re.compile(r"\s+")
_NAME_OF_FIELD = 64  # characters, of which the name of every field that fetches has at most 15
MAX_NESTED_FIELDS = 50
_PLAIN_LINK = re.compile(r"(https?|mailto|tel):|#|[^:/\\]*$", re.I)
_TEMPLATE = re.compile(
    rb"<(?:[\w.-]+:)?attachedTemplate\b[^<>]*(?:/>|>\s*</(?:[\w.-]+:)?attachedTemplate\s*>)"
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def check_document(file: BinaryIO, size: int) -> bytes:
    """Accepts a .docx or raises `SheetRefused(code, Chinese message)`. `size` in bytes. Returns the
    document without its link to a template; nothing where it has none."""
    package = Package(file, size)
    names = {entry.filename for entry in package.entries}
    if "word/document.xml" not in names or "[Content_Types].xml" not in names:
        raise SheetRefused("content_type", "内容不是 Word 文档。请另存为 .docx 后上传")
    reading = _Reading()
    for entry in package.entries:
        if ACTIVE_PARTS.search(entry.filename):
            raise _active(entry.filename)
        if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            reading.read(package, entry)
        else:
            for _ in package.chunks(entry):
                pass  # counted: a bomb need not be a part that anybody reads
    if not reading.is_document:
        raise SheetRefused("content_type", "内容与扩展名不符。请另存为 .docx 后上传")
    return _without_templates(package.again(), reading) if reading.templates else b""


class _Field:
    """The start of one field's instruction; what comes in several runs is one."""

    __slots__ = ("has_result", "start")

    def __init__(self) -> None:
        self.start = ""
        self.has_result = False

    def add(self, data: str) -> None:
        """Each character is looked at once, and the first few are kept."""
        if len(self.start) < _NAME_OF_FIELD:
            start = self.start + data[: 4 * _NAME_OF_FIELD]
            self.start = _BLANKS.sub(" ", _BEFORE_FIELD.sub("", start))[:_NAME_OF_FIELD]

    def check(self) -> None:
        """Raises SheetRefused for a field that fetches."""
        if _FETCHING_FIELD.match(self.start):
            raise SheetRefused(
                "field",
                "含有会读取外部数据的域（如 DDE、LINK），不能接收。请按 Ctrl+Shift+F9 转为文字",
            )


class _Reading:
    """What the XML parts say. Raises at the first thing that must not be there."""

    def __init__(self) -> None:
        self.is_document = False
        self.templates: dict[str, list[dict[str, str]]] = {}
        """Parts of relations that name a template, with all the others they name."""

    def read(self, package: Package, entry: zipfile.ZipInfo) -> None:
        parser = expat.ParserCreate()
        loose = _Field()  # what stands outside of any field, paragraph by paragraph
        fields: list[_Field] = []  # the open ones, outermost first
        relations: list[dict[str, str]] = []
        reads = ""  # "instrText" or "t" while inside of one

        def refuse(*_: object) -> int:
            raise SheetRefused("doctype", "内部含有文档类型声明，不能接收。请重新另存为 .docx")

        def mark(kind: str) -> None:
            if kind == "begin":
                fields.append(_Field())
                if len(fields) > MAX_NESTED_FIELDS:
                    raise SheetRefused(
                        "field", "域的嵌套过深，不能接收。请按 Ctrl+Shift+F9 转为文字"
                    )
            elif fields:
                fields[-1].check()
                fields[-1].has_result = True
                if kind == "end":
                    fields.pop()

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal reads, loose
            local = name.rpartition(":")[2]
            given = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            if local == "Relationship":
                if self._names_template(given):
                    self.templates.setdefault(entry.filename, relations)
                else:
                    self._relation(given)
                    relations.append(given)
            elif local in ("Override", "Default"):
                self._content_type(given)
            elif local in ("OLEObject", "control", "altChunk", "subDoc"):
                raise _active(entry.filename)
            elif local == "fldSimple":
                field = _Field()
                field.add(given.get("instr", ""))
                field.check()
            elif local == "fldChar":
                mark(given.get("fldCharType", ""))
            elif local == "p":
                loose.check()
                loose = _Field()
            reads = local if local in ("instrText", "t") else ""

        def end(name: str) -> None:
            nonlocal reads
            reads = ""

        def text(data: str) -> None:
            if reads == "instrText":
                (fields[-1] if fields else loose).add(data)
            elif reads and fields:
                # The result of a field inside an instruction is a part of that instruction.
                for field in reversed(fields):
                    if not field.has_result:
                        field.add(data)
                        break

        parser.StartDoctypeDeclHandler = refuse
        parser.EntityDeclHandler = refuse
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.buffer_text = True
        try:
            for piece in package.chunks(entry):
                parser.Parse(piece)
            parser.Parse(b"", True)
            for field in (loose, *fields):
                field.check()
        except expat.ExpatError as error:
            raise SheetRefused("xml_damaged", "内部有损坏。请重新另存为 .docx 后上传") from error

    def _content_type(self, given: dict[str, str]) -> None:
        kind = given.get("ContentType", "")
        if kind == MAIN_TYPE:
            self.is_document = True
        elif _ACTIVE_TYPES.search(kind):
            raise _active(given.get("PartName", ""))

    def _names_template(self, given: Mapping[str, str]) -> bool:
        return given.get("Type", "").lower().endswith("/attachedtemplate")

    def _relation(self, given: dict[str, str]) -> None:
        kind, target = given.get("Type", ""), given.get("Target", "")
        if _ACTIVE_RELATIONS.search(kind):
            raise _active(target)
        if given.get("TargetMode", "").lower() != "external":
            return
        if not kind.endswith("/hyperlink") or not _PLAIN_LINK.match(target):
            raise SheetRefused(
                "external_link",
                f"引用了外部文件或网络资源（{clean(target)[:60]}），不能接收。"
                "请断开链接和模板后重新另存为 .docx",
            )


def _without_templates(package: Package, reading: _Reading) -> bytes:
    """The document again, its relations to templates and what refers to them left out."""
    owners = set()
    for part in reading.templates:
        folder, _, name = part.rpartition("_rels/")
        owners.add(folder + name.removesuffix(".rels"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for entry in package.entries:
            content = b"".join(package.chunks(entry))
            if entry.filename in reading.templates:
                content = _relations_of(reading.templates[entry.filename])
            elif entry.filename in owners:
                content = _TEMPLATE.sub(b"", content)
            head = zipfile.ZipInfo(entry.filename, entry.date_time)
            archive.writestr(head, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _relations_of(relations: list[dict[str, str]]) -> bytes:
    rows = "".join(
        f"<Relationship {' '.join(f'{key}={quoteattr(value)}' for key, value in one.items())}/>"
        for one in relations
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<Relationships xmlns="{_RELATIONS}">{rows}</Relationships>'.encode()


def _active(what: str) -> SheetRefused:
    return SheetRefused(
        "active_content",
        f"含有宏、控件或嵌入对象（{clean(what)[:60]}），不能接收。请另存为不含这些的 .docx",
    )

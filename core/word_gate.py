"""The upload gate for .docx: the same counted reading as for workbooks, and no active content."""

import re
import zipfile
from typing import BinaryIO
from xml.parsers import expat

from .tabular.errors import SheetRefused
from .tabular.package import Package
from .text import clean

MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# No embedded thing at all: whatever the program behind it is, it would be started by a click.
_ACTIVE_PARTS = re.compile(
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
    r"^\W*(DDE|DDEAUTO|LINK|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|DATABASE|QUOTE\s+\d)\b", re.I
)
_PLAIN_LINK = re.compile(r"(https?|mailto|tel):|#|[^:/\\]*$", re.I)


def check_document(file: BinaryIO, size: int) -> None:
    """Accepts a .docx or raises `SheetRefused(code, Chinese message)`. `size` in bytes."""
    package = Package(file, size)
    names = {entry.filename for entry in package.entries}
    if "word/document.xml" not in names or "[Content_Types].xml" not in names:
        raise SheetRefused("content_type", "内容不是 Word 文档。请另存为 .docx 后上传")
    reading = _Reading()
    for entry in package.entries:
        if _ACTIVE_PARTS.search(entry.filename):
            raise _active(entry.filename)
        if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            reading.read(package, entry)
        else:
            for _ in package.chunks(entry):
                pass  # counted: a bomb need not be a part that anybody reads
    if not reading.is_document:
        raise SheetRefused("content_type", "内容与扩展名不符。请另存为 .docx 后上传")


class _Reading:
    """What the XML parts say. Raises at the first thing that must not be there."""

    def __init__(self) -> None:
        self.is_document = False

    def read(self, package: Package, entry: zipfile.ZipInfo) -> None:
        parser = expat.ParserCreate()
        field: list[str] = []  # of the field that is open: its words come in several runs
        is_instruction = False

        def refuse(*_: object) -> int:
            raise SheetRefused("doctype", "内部含有文档类型声明，不能接收。请重新另存为 .docx")

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal is_instruction
            local = name.rpartition(":")[2]
            given = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            if local == "Relationship":
                self._relation(given)
            elif local in ("Override", "Default"):
                self._content_type(given)
            elif local in ("OLEObject", "control", "altChunk", "subDoc"):
                raise _active(entry.filename)
            elif local == "fldSimple":
                _check_field(given.get("instr", ""))
            elif local == "fldChar" and given.get("fldCharType") == "begin":
                field.clear()
            is_instruction = local == "instrText"

        def end(name: str) -> None:
            nonlocal is_instruction
            is_instruction = False

        def text(data: str) -> None:
            if is_instruction:
                field.append(data)
                _check_field("".join(field))

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
        except expat.ExpatError as error:
            raise SheetRefused("xml_damaged", "内部有损坏。请重新另存为 .docx 后上传") from error

    def _content_type(self, given: dict[str, str]) -> None:
        kind = given.get("ContentType", "")
        if kind == MAIN_TYPE:
            self.is_document = True
        elif _ACTIVE_TYPES.search(kind):
            raise _active(given.get("PartName", ""))

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


def _check_field(instruction: str) -> None:
    if _FETCHING_FIELD.match(instruction):
        raise SheetRefused(
            "field", "含有会读取外部数据的域（如 DDE、LINK），不能接收。请按 Ctrl+Shift+F9 转为文字"
        )


def _active(what: str) -> SheetRefused:
    return SheetRefused(
        "active_content",
        f"含有宏、控件或嵌入对象（{clean(what)[:60]}），不能接收。请另存为不含这些的 .docx",
    )

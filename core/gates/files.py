"""What a file truly is, by its bytes, and whether it may come in (docs/adr/0038).

`look` runs in a process of its own. A name says what the sender thinks the file is; where the bytes
say otherwise and may come in, the file gets its true ending.
"""

import io
from typing import Any, Final

from core.tabular.errors import SheetRefused
from core.tabular.gate import check_workbook_file
from core.tabular.package import Package

from . import heif, pdf, pictures, word

ENDINGS: Final = (
    *("pdf", "docx", "xlsx", "jpg", "jpeg", "png", "webp", "bmp"),
    *("doc", "wps", "ofd", "heic", "heif"),
)
UNOPENED: Final = frozenset({"doc", "wps", "ofd", "heic"})
"""Kept as they are, but for the place where a picture was taken, for nothing here can read them: downloaded, never shown."""
ALLOWED = "pdf、docx、xlsx、jpg、png、doc、wps、ofd、heic"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"BM", "bmp"))
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_ENDING_OF = {"jpeg": "jpg", "heif": "heic"}


def look(content: bytes, name: str) -> tuple[dict[str, Any], bytes]:
    """What the file is ({"kind": its true ending, "notes": what was done to it}) and the bytes to
    keep; none where they are those given. Raises SheetRefused, whose message begins behind the
    file's name."""
    given = name.rpartition(".")[2].lower()
    given = _ENDING_OF.get(given, given)
    kind = _kind_of(content, given)
    notes: list[str] = []
    kept = b""
    if kind == "pdf":
        pdf.check_pdf(content)
    elif kind in pictures.FORMATS:
        kind, kept, is_smaller = pictures.redraw(kind, content)
        if is_smaller:
            notes.append("图片过大，已缩小")
    elif kind == "docx":
        kept = word.check_document(io.BytesIO(content), len(content))
        if kept:
            notes.append("已去掉指向单位模板的链接，正文没有变动")
    elif kind == "xlsx":
        check_workbook_file(io.BytesIO(content), len(content))
    elif kind == "ofd":
        _check_ofd(content)
    elif kind in ("doc", "wps"):
        _check_old(content)
    elif kind == "heic":
        blanked = heif.without_place(content)
        if blanked != content:
            kept = blanked
            notes.append("已去掉拍摄地点等信息")
    if kind != given:
        notes.append(f"扩展名与内容不符，已改为 .{kind}")
    if kind in UNOPENED:
        as_it_is = "" if kept else "按原样保存，"
        notes.append(f".{kind} 文件不能打开检查，{as_it_is}只供下载")
    return {"kind": kind, "notes": notes}, kept


def _kind_of(content: bytes, given: str) -> str:
    """By the first bytes; for packages by what is in them."""
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_package(content, given)
    if content.startswith(_OLE):
        return "wps" if given == "wps" else "doc"
    for start, kind in _PICTURES:
        if content.startswith(start):
            return kind
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return "heic"
    if b"%PDF-" in content[: pdf.HEADER_WITHIN]:
        return "pdf"
    if given == "pdf":
        return "pdf"  # whose gate says what is wrong
    if given in pictures.FORMATS:
        raise SheetRefused("image", "不是有效的图片，或已损坏。请重新保存后上传。")
    raise SheetRefused(
        "content",
        f"已损坏，或内容不是 .{given} 文件。请用原来的软件打开，另存为 docx 或 PDF 后上传。",
    )


def _kind_of_package(content: bytes, given: str) -> str:
    names = {entry.filename for entry in Package(io.BytesIO(content), len(content)).entries}
    for part, kind in (
        ("word/document.xml", "docx"),
        ("xl/workbook.xml", "xlsx"),
        ("OFD.xml", "ofd"),
    ):
        if part in names:
            return kind
    if given in ("docx", "xlsx"):
        return given  # whose gate says what is wrong
    raise SheetRefused("content", "是压缩包或不认识的文件，不能接收。请取出其中的文件分别上传。")


def _check_old(content: bytes) -> None:
    """Word's and WPS Writer's old format, by the names in its directory. It is not opened."""

    def has(name: str) -> bool:
        return name.encode("utf-16-le") + b"\0\0" in content

    if has("EncryptedPackage"):
        raise SheetRefused("encrypted", "带有密码。请取消密码后重新上传。")
    if has("Workbook") or has("Book"):
        raise SheetRefused("old", "是旧版表格（.xls、.et）。请另存为 .xlsx 后上传。")
    if not has("WordDocument"):
        raise SheetRefused("old", "不是文字文档。请另存为 docx 或 PDF 后上传。")
    if has("_VBA_PROJECT") or has("Macros"):
        raise SheetRefused("active", "含有宏，不能接收。请另存为不含宏的 .docx 后上传。")


def _check_ofd(content: bytes) -> None:
    """A package like others: counted, nothing packed inside it, no program. Its pages are not read."""
    package = Package(io.BytesIO(content), len(content))
    for entry in package.entries:
        if word.ACTIVE_PARTS.search(entry.filename):
            raise SheetRefused("active", "含有脚本或嵌入的程序，不能接收。请转为 PDF 后上传。")
        for _ in package.chunks(entry):
            pass

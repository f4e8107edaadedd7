"""Files that people add to a record: checked before they are kept, served only to who may see it.

Each owner has a concrete model over `core.models.Attachment`. The stored name is random; what
the uploader called the file is data.
"""

import hashlib
import io
import re
import tempfile
import unicodedata
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import FileResponse, Http404

from . import clock
from .actor import Actor
from .errors import DomainError
from .models import Attachment
from .tabular.errors import SheetRefused
from .tabular.gate import check_workbook
from .tabular.package import Package
from .text import clean

Row = TypeVar("Row", bound=Attachment)

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
ALLOWED = "pdf、docx、xlsx、jpg、png"
MAX_PIXELS = 40_000_000
MAX_EACH_OWNER = 10
_PDF_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia)\b")
_WORD_ACTIVE = re.compile(r"vbaproject|activex|embeddings/.*\.bin|externallinks", re.I)


def safe_name(name: str) -> str:
    """What the file may be called: NFC, no control or path characters, at most 150 characters."""
    base = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    base = re.sub(r'[\x00-\x1f<>:"|?*\u202a-\u202e\u2066-\u2069]', "", clean(base)).strip(". ")
    stem, dot, extension = base.rpartition(".")
    if not dot:
        return base[:150] or "附件"
    return f"{(stem or '附件')[: 149 - len(extension)]}.{extension}"


def _refuse(message: str) -> DomainError:
    return DomainError(message, field="file", code="file_refused")


def inspect(name: str, content: bytes) -> tuple[str, bytes]:
    """The type of the file by its bytes, and the bytes to keep (images are drawn anew, which
    drops where and with what they were taken).

    Raises DomainError with what is wrong and what to do.
    """
    extension = name.rpartition(".")[2].lower()
    if extension not in TYPES:
        raise _refuse(f"“{name}”不是可以上传的类型。请转存为 {ALLOWED} 后上传。")
    if not content:
        raise _refuse(f"“{name}”是空文件，请检查后重新上传。")
    if len(content) > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
        raise _refuse(f"“{name}”有 {len(content) / 1024 / 1024:.1f} MB，最多 {limit} MB。")
    if extension == "pdf":
        _inspect_pdf(name, content)
    elif extension in ("docx", "xlsx"):
        _inspect_office(name, extension, content)
    else:
        content = _redraw(name, extension, content)
    return TYPES[extension], content


def _inspect_pdf(name: str, content: bytes) -> None:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise _refuse(f"“{name}”的内容不是 PDF，或文件不完整。请重新导出后上传。")
    if _PDF_ACTIVE.search(content):
        raise _refuse(f"“{name}”含有脚本或嵌入文件，不能接收。请打印为 PDF 后上传。")


def _inspect_office(name: str, extension: str, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=f".{extension}") as file:
        file.write(content)
        file.flush()
        try:
            if extension == "xlsx":
                check_workbook(file.name, name=name)
            else:
                _inspect_word(name, file, len(content))
        except SheetRefused as error:
            raise _refuse(f"“{name}”：{error.message}") from error


def _inspect_word(name: str, file: Any, size: int) -> None:
    file.seek(0)
    package = Package(file, size)
    names = {entry.filename for entry in package.entries}
    if "word/document.xml" not in names:
        raise _refuse(f"“{name}”的内容不是 Word 文档。请另存为 .docx 后上传。")
    for entry in package.entries:
        if _WORD_ACTIVE.search(entry.filename):
            raise _refuse(f"“{name}”含有宏或嵌入对象，不能接收。请另存为不含宏的 .docx。")
        for piece in package.chunks(entry):
            if entry.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in piece:
                raise _refuse(f"“{name}”内部有不允许的内容。请重新另存为 .docx 后上传。")


def _redraw(name: str, extension: str, content: bytes) -> bytes:
    from PIL import Image, ImageOps

    kind = "PNG" if extension == "png" else "JPEG"
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _refuse(f"“{name}”的像素过大，请缩小后上传。")
            upright = ImageOps.exif_transpose(image)
            out = io.BytesIO()
            if kind == "JPEG":
                upright.convert("RGB").save(out, kind, quality=88)
            else:
                upright.convert("RGBA" if "A" in upright.getbands() else "RGB").save(out, kind)
            return out.getvalue()
    except DomainError:
        raise
    except Exception as error:
        # Pillow raises whatever its decoders do; to the user all of it is an unreadable picture.
        raise _refuse(f"“{name}”不是有效的图片，或已损坏。请重新保存后上传。") from error


def keep(model: type[Row], *, upload: BinaryIO, name: str, by: Actor, **owner: Any) -> Row:
    """Checks an uploaded file and keeps it for `owner`, within the running action.

    The same content twice for one owner is one file. Raises DomainError. The file is moved into
    place only when the transaction commits; a rollback leaves nothing behind.
    """
    name = safe_name(name)
    content = upload.read(settings.UPLOAD_MAX_BYTES + 1)
    content_type, content = inspect(name, content)
    digest = hashlib.sha256(content).hexdigest()
    rows: Any = model._default_manager
    present = rows.filter(**owner, state=Attachment.State.READY)
    twin = present.filter(sha256=digest).first()
    if twin is not None:
        return twin
    if present.count() >= MAX_EACH_OWNER:
        raise _refuse(f"最多 {MAX_EACH_OWNER} 个附件。请先移去不需要的。")
    try:
        with transaction.atomic():
            row: Row = rows.create(
                name=name,
                content_type=content_type,
                size=len(content),
                sha256=digest,
                state=Attachment.State.READY,
                uploaded_by_id=by.user_id,
                uploaded_at=clock.now(),
                **owner,
            )
    except IntegrityError:
        return rows.get(**owner, sha256=digest, state=Attachment.State.READY)
    target = path_of(row)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.write_bytes(content)
    transaction.on_commit(lambda: part.replace(target))
    return row


def path_of(row: Attachment) -> Path:
    """Where the file lies. The path says nothing about it."""
    uid = row.uid.hex
    return Path(settings.ATTACHMENT_DIR) / uid[:2] / uid


def discard_after_commit(path: Path) -> None:
    """Deletes the file once the transaction that removed its row has committed."""
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def serve(row: Attachment) -> FileResponse:
    """The file as a download. Whoever calls this has checked that the person may see its owner."""
    path = path_of(row)
    if row.state != Attachment.State.READY or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=row.content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response

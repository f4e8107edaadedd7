"""Files that people add to a record: checked before they are kept, served only to who may see it.

Each owner has a concrete model over `core.models.Attachment`. The stored name is random; what
the uploader called the file is data.
"""

import datetime as dt
import hashlib
import io
import logging
import os
import re
import tempfile
import time
import unicodedata
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast
from urllib.parse import quote

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Sum
from django.http import FileResponse, Http404

from . import clock, effects, scanner, scheduler
from .actor import Actor
from .errors import Conflict, DomainError
from .models import Attachment, Effect
from .tabular.errors import SheetRefused
from .tabular.gate import check_workbook
from .text import clean
from .word_gate import check_document

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
_PDF_ACTIVE = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z0-9])"
)
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_STREAM = re.compile(rb"/ObjStm.{0,400}?stream\r?\n", re.S)
_PDF_UNPACKED = 50 * 1024 * 1024  # bytes of object streams that are looked into

NO_ROOM = "系统的存储空间不足，暂时不能接收文件，没有保存。请稍后再试，并告诉系统管理员。"
logger = logging.getLogger("portal.attachments")


def safe_name(name: str) -> str:
    """What the file may be called: NFC, no control or path characters, at most 150 characters."""
    base = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    base = re.sub(r'[\x00-\x1f<>:"|?*\u202a-\u202e\u2066-\u2069]', "", clean(base)).strip(". ")
    stem, dot, extension = base.rpartition(".")
    if not dot or len(extension) > 20:
        return base[:150] or "附件"
    return f"{(stem or '附件')[: 149 - len(extension)]}.{extension}"


def _refuse(step: str, message: str) -> DomainError:
    """The log gets the step, not the name, which may be a person's."""
    logger.info("upload refused: %s", step)
    return DomainError(message, field="file", code="file_refused")


def inspect(name: str, content: bytes) -> tuple[str, bytes]:
    """The type of the file by its bytes, and the bytes to keep (images are drawn anew, which
    drops where and with what they were taken).

    Raises DomainError with what is wrong and what to do.
    """
    extension = name.rpartition(".")[2].lower()
    if extension not in TYPES:
        raise _refuse("type", f"“{name}”不是可以上传的类型。请转存为 {ALLOWED} 后上传。")
    if not content:
        raise _refuse("empty", f"“{name}”是空文件，请检查后重新上传。")
    if len(content) > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
        raise _refuse("size", f"“{name}”超过 {limit} MB，不能接收。请压缩或拆分后上传。")
    if extension == "pdf":
        _inspect_pdf(name, content)
    elif extension in ("docx", "xlsx"):
        _inspect_office(name, extension, content)
    else:
        content = _redraw(name, extension, content)
    return TYPES[extension], content


def _inspect_pdf(name: str, content: bytes) -> None:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise _refuse("content", f"“{name}”的内容不是 PDF，或文件不完整。请重新导出后上传。")
    if any(_PDF_ACTIVE.search(_unescaped(part)) for part in (content, *_object_streams(content))):
        raise _refuse("active", f"“{name}”含有脚本或嵌入文件，不能接收。请打印为 PDF 后上传。")
    if re.search(rb"/Encrypt(?![A-Za-z])", content):
        raise _refuse("encrypted", f"“{name}”带有密码或权限限制。请取消后重新导出 PDF 上传。")


def _unescaped(content: bytes) -> bytes:
    """Names with their #xx written out: /J#61vaScript is /JavaScript."""
    return _PDF_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content)


def _object_streams(content: bytes) -> Iterator[bytes]:
    """Compressed groups of objects, in which names could hide from a search."""
    left = _PDF_UNPACKED
    for found in _PDF_STREAM.finditer(content):
        if left <= 0:
            return
        try:
            piece = zlib.decompressobj().decompress(content[found.end() :], left)
        except zlib.error:
            continue
        left -= len(piece)
        yield piece


def _inspect_office(name: str, extension: str, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=f".{extension}") as file:
        file.write(content)
        file.flush()
        try:
            if extension == "xlsx":
                check_workbook(file.name, name=name)
            else:
                file.seek(0)
                check_document(cast(BinaryIO, file), len(content))
        except SheetRefused as error:
            raise _refuse(error.code, f"“{name}”：{error.message}") from error


def _redraw(name: str, extension: str, content: bytes) -> bytes:
    from PIL import Image, ImageOps

    kind = "PNG" if extension == "png" else "JPEG"
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _refuse("pixels", f"“{name}”的像素过大，请缩小后上传。")
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
        raise _refuse("image", f"“{name}”不是有效的图片，或已损坏。请重新保存后上传。") from error


def models() -> list[type[Attachment]]:
    """Every kind of attachment there is."""
    return list(Attachment.__subclasses__())


def _check_quota(*, by: Actor, size: int) -> None:
    """What one person may upload in a day. One query for each kind of attachment."""
    since = clock.now() - dt.timedelta(days=1)
    count = used = 0
    for model in models():
        today = model._default_manager.filter(uploaded_by_id=by.user_id, uploaded_at__gt=since)
        sums = today.aggregate(count=Count("pk"), used=Sum("size"))
        count += sums["count"]
        used += sums["used"] or 0
    if count >= settings.UPLOAD_DAILY_COUNT or used + size > settings.UPLOAD_DAILY_BYTES:
        raise _refuse("quota", "今天上传的文件已达上限，请明天再传，或联系管理员。")


def keep(model: type[Row], *, upload: BinaryIO, name: str, by: Actor, **owner: Any) -> Row:
    """Checks an uploaded file and keeps it for `owner`, within the running action.

    The same content twice for one owner is one file. Raises DomainError. The file lies in its
    place before the row says `ready`, and both become visible when the transaction commits; a
    rollback leaves a file without a row, which the sweeper takes away.
    """
    name = safe_name(name)
    content = upload.read(settings.UPLOAD_MAX_BYTES + 1)
    content_type, content = inspect(name, content)
    digest = hashlib.sha256(content).hexdigest()
    rows: Any = model._default_manager
    present = rows.filter(**owner, state=Attachment.State.READY)
    twin = present.filter(sha256=digest).first()
    if twin is not None:
        return cast(Row, twin)
    if present.count() >= MAX_EACH_OWNER:
        raise _refuse("count", f"最多 {MAX_EACH_OWNER} 个附件。请先移去不需要的。")
    _check_quota(by=by, size=len(content))
    scans = scanner.is_configured()
    row: Row = rows.create(
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=digest,
        state=Attachment.State.PENDING,
        scan=Attachment.Scan.SCANNING if scans else Attachment.Scan.UNSCANNED,
        uploaded_by_id=by.user_id,
        uploaded_at=clock.now(),
        **owner,
    )
    target = path_of(row)
    _place(target, content)
    try:
        with transaction.atomic():
            row.machine.move(row, "keep")
    except IntegrityError:  # the same file, sent twice at once
        target.unlink(missing_ok=True)
        rows.filter(pk=row.pk).delete()
        return cast(Row, rows.get(**owner, sha256=digest, state=Attachment.State.READY))
    if scans:
        _order_scan(row)
    return row


def _order_scan(row: Attachment) -> None:
    effects.enqueue("core.scan", f"scan:{row.uid}", model=row._meta.label, uid=str(row.uid))


def write_whole(target: Path, content: bytes) -> None:
    """Writes the file beside its place and moves it there: nobody ever sees half of it. Raises
    OSError with nothing left behind."""
    part = target.with_suffix(".part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _place(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_whole(target, content)
    except OSError as error:
        logger.error("an upload could not be stored: %s", error.strerror)
        raise _refuse("disk", NO_ROOM) from error


@effects.handler("core.scan", label="附件查毒", style="long", lease_seconds=120, max_attempts=20)
def scan(effect: Effect) -> None:
    """Asks the scanner about one file. No answer: tried again, and the file stays shut."""
    wanted = effect.payload
    model = next(model for model in models() if model._meta.label == wanted["model"])
    row = model._default_manager.filter(uid=wanted["uid"], scan=Attachment.Scan.SCANNING).first()
    if row is None or not path_of(row).is_file():
        return
    verdict = "clear"
    if scanner.is_infected(path_of(row)):
        verdict = "condemn"
        logger.warning("infected upload %s shut", row.uid)
        path_of(row).unlink(missing_ok=True)
    model.scans.move_many(model._default_manager.filter(pk=row.pk), verdict)


def sweep(*, older_than: dt.timedelta = dt.timedelta(hours=6)) -> tuple[int, int, int]:
    """Removes files without a row and rows that never became ready, and counts ready rows whose
    file is gone (left alone: a backup may have it). Returns the three numbers.

    Only what is older than `older_than`: a transaction may still be under way.
    """
    pending = lost = 0
    for model in models():
        rows = model._default_manager
        started = rows.filter(
            state=Attachment.State.PENDING, uploaded_at__lt=clock.now() - older_than
        )
        pending += started.delete()[0]
        shut = rows.filter(state=Attachment.State.READY).exclude(scan=Attachment.Scan.INFECTED)
        lost += sum(not path_of(row).is_file() for row in shut.only("uid").iterator())
    files = _sweep_files(time.time() - older_than.total_seconds())
    if lost:
        logger.error("%d attachments have lost their file", lost)
    return files, pending, lost


def _sweep_files(before: float) -> int:
    """Deletes the files last written `before` (seconds) that no row knows."""
    removed = 0
    root = Path(settings.ATTACHMENT_DIR)
    for folder in sorted(root.iterdir()) if root.is_dir() else []:
        if not folder.is_dir():
            continue
        old = [path for path in folder.iterdir() if re.fullmatch("[0-9a-f]{32}", path.stem)]
        old = [path for path in old if path.stat().st_mtime < before]
        uids = [uuid.UUID(hex=path.stem) for path in old]
        known = {
            uid.hex
            for model in models()
            for uid in model._default_manager.filter(uid__in=uids).values_list("uid", flat=True)
        }
        for path in old:
            if path.stem not in known or path.suffix == ".part":
                path.unlink(missing_ok=True)
                removed += 1
    return removed


@scheduler.daily("core.sweep_attachments", label="清理无主附件", hour=3, minute=40)
def sweep_daily(planned_for: dt.datetime) -> None:
    """Takes away what interrupted uploads and removals have left; has files scanned that were
    taken in before there was a scanner."""
    sweep()
    if scanner.is_configured():
        for model in models():
            for row in model._default_manager.filter(scan=Attachment.Scan.UNSCANNED).iterator():
                with transaction.atomic():
                    model.scans.move_many(model._default_manager.filter(pk=row.pk), "order")
                    _order_scan(row)


def path_of(row: Attachment) -> Path:
    """Where the file lies. The path says nothing about it."""
    uid = row.uid.hex
    return Path(settings.ATTACHMENT_DIR) / uid[:2] / uid


def discard_after_commit(path: Path) -> None:
    """Deletes the file once the transaction that removed its row has committed."""
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def serve(row: Attachment) -> FileResponse:
    """The file as a download. Whoever calls this has checked that the person may see its owner."""
    if row.scan == Attachment.Scan.INFECTED:
        raise Conflict("这个文件查出病毒，已经删除。请上报人检查电脑后重新上传。", code="infected")
    if row.scan == Attachment.Scan.SCANNING or (
        scanner.is_configured() and row.scan != Attachment.Scan.CLEAN
    ):
        raise Conflict("这个文件还没有查完毒，暂时不能打开。请过几分钟再试。", code="scanning")
    path = path_of(row)
    if row.state != Attachment.State.READY or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=row.content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response

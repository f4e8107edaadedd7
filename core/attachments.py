"""Files that people add to a record: checked before they are kept, served only to who may see it.

Each owner has a concrete model over `core.models.Attachment`. The stored name is random; what
the uploader called the file is data.
"""

import datetime as dt
import hashlib
import logging
import os
import re
import time
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast
from urllib.parse import quote

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Sum
from django.http import FileResponse, Http404

from . import apart, clock, effects, scanner, scheduler
from .actor import Actor
from .errors import Conflict, DomainError
from .folders import written_before
from .gates import files
from .models import Attachment, Effect
from .text import clean

Row = TypeVar("Row", bound=Attachment)

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "png": "image/png",
    "doc": "application/msword",
    "wps": "application/vnd.ms-works",
    "ofd": "application/ofd",
    "heic": "image/heic",
}
UNOPENED = frozenset(TYPES[kind] for kind in files.UNOPENED)
"""Types that are kept as they came: nothing here can read them."""
MAX_EACH_OWNER = 10

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


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may come in: under its true ending, with the bytes to keep. Only `check` makes
    one."""

    name: str
    content_type: str
    content: bytes
    notes: Sequence[str] = ()
    """What was done to it, in words for whoever sent it."""

    @property
    def sha256(self) -> str:
        """Of the bytes to keep."""
        return hashlib.sha256(self.content).hexdigest()


def check(upload: BinaryIO, name: str) -> Checked:
    """What the file truly is and may be kept of it, found out in a process of its own.

    Before the transaction that keeps it (`keep`): nobody who writes waits for a reading. Raises
    DomainError with what is wrong with which file and what to do.
    """
    name = safe_name(name)
    content = upload.read(settings.UPLOAD_MAX_BYTES + 1)
    if name.rpartition(".")[2].lower() not in files.ENDINGS:
        raise _refuse("type", f"“{name}”不是可以上传的类型。请转存为 {files.ALLOWED} 后上传。")
    if not content:
        raise _refuse("empty", f"“{name}”是空文件，请检查后重新上传。")
    if len(content) > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
        raise _refuse("size", f"“{name}”超过 {limit} MB，不能接收。请压缩或拆分后上传。")
    try:
        told, kept = apart.call(
            files.look,
            name,
            content=content,
            limits=apart.IN_A_REQUEST,
            way_out="请用原来的软件打开，另存或打印为 PDF 后上传。",
        )
    except apart.Busy:
        raise
    except apart.Runaway as error:
        raise apart.Runaway(f"“{name}”{error.message}", field="file", code=error.code) from error
    except DomainError as error:
        raise _refuse(error.code, f"“{name}”{error.message}") from error
    kind = told["kind"]
    stem, _, ending = name.rpartition(".")
    if kind != _SAME_ENDING.get(ending.lower(), ending.lower()):
        name = f"{stem[: 149 - len(kind)]}.{kind}"
    return Checked(name, TYPES[kind], kept or content, tuple(told["notes"]))


_SAME_ENDING = {"jpeg": "jpg", "heif": "heic"}


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


def keep(model: type[Row], *, file: Checked, by: Actor, **owner: Any) -> tuple[Row, bool]:
    """Keeps a checked file for `owner`, within the running action, and tells whether it is new.

    The same content twice for one owner is one file. Raises DomainError. The file lies in its
    place before the row says `ready`, and both become visible when the transaction commits; a
    rollback leaves a file without a row, which the sweeper takes away.
    """
    content, digest = file.content, file.sha256
    rows: Any = model._default_manager
    present = rows.filter(**owner, state=Attachment.State.READY)
    twin = present.filter(sha256=digest).first()
    if twin is not None:
        return cast(Row, twin), False
    if present.count() >= MAX_EACH_OWNER:
        raise _refuse("count", f"最多 {MAX_EACH_OWNER} 个附件。请先移去不需要的。")
    _check_quota(by=by, size=len(content))
    scans = scanner.is_configured()
    row: Row = rows.create(
        name=file.name,
        content_type=file.content_type,
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
        twin = rows.get(**owner, sha256=digest, state=Attachment.State.READY)
        return cast(Row, twin), False
    if scans:
        _order_scan(row)
    return row, True


def copy(model: type[Row], *, of: Attachment, name: str, **owner: Any) -> Row:
    """A file of its own with the bytes of one that was kept, under another name and nobody's, within the
    running action. It was checked and scanned as that one was. Raises Conflict for one that may not be
    opened (yet), DomainError where there is no room."""
    try:
        content = opened(of).read_bytes()
    except (Http404, OSError) as error:
        raise Conflict(f"“{of.name}”的文件已经不在，请重新上传。", code="lost") from error
    rows: Any = model._default_manager
    row: Row = rows.create(
        name=safe_name(name),
        content_type=of.content_type,
        size=of.size,
        sha256=of.sha256,
        state=Attachment.State.PENDING,
        scan=of.scan,
        uploaded_at=clock.now(),
        **owner,
    )
    _place(path_of(row), content)
    row.machine.move(row, "keep")
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
        old = written_before(folder, before)
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


def discard(row: Attachment) -> None:
    """Deletes the row, and its file once the transaction has committed."""
    path = path_of(row)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    row.delete()


def opened(row: Attachment) -> Path:
    """Where the file lies, when it may be opened. Whoever calls this has checked that the person may
    see its owner. Raises Conflict for one that is not (yet) known to be clean, Http404 for one that
    is not there."""
    if row.scan == Attachment.Scan.INFECTED:
        raise Conflict("这个文件查出病毒，已经删除。请上报人检查电脑后重新上传。", code="infected")
    if row.scan == Attachment.Scan.SCANNING or (
        scanner.is_configured() and row.scan != Attachment.Scan.CLEAN
    ):
        raise Conflict("这个文件还没有查完毒，暂时不能打开。请过几分钟再试。", code="scanning")
    path = path_of(row)
    if row.state != Attachment.State.READY or not path.is_file():
        raise Http404
    return path


def serve(row: Attachment) -> FileResponse:
    """The file as a download. Raises as `opened` does."""
    path = opened(row)
    is_opaque = row.content_type in UNOPENED
    content_type = "application/octet-stream" if is_opaque else row.content_type
    response = FileResponse(path.open("rb"), content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response

"""The files of imports: an upload on its way through the gate, and where it waits, sealed."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from . import crypto
from .attachments import NO_ROOM, write_whole
from .errors import DomainError
from .models import ImportBatch
from .tabular import gate
from .text import clean

PURPOSE = "core.import"

logger = logging.getLogger("portal.importing")


@dataclass(frozen=True, slots=True)
class Workbook:
    """An uploaded workbook that has passed the gate. Only `check` makes one."""

    name: str
    content: bytes


def check(upload: UploadedFile) -> Workbook:
    """Takes an uploaded workbook through the gate, in a process of its own.

    Before the transaction that receives it: nobody who writes waits for a reading. Raises
    SheetRefused (field `file`) when it is no acceptable workbook, `apart.Busy`.
    """
    name = _file_name(upload.name or "")
    content = b"".join(
        chunk for size, chunk in _counted(upload) if size <= settings.UPLOAD_MAX_BYTES + 1
    )
    gate.check_apart(content, name=name, max_bytes=settings.UPLOAD_MAX_BYTES)
    return Workbook(name, content)


def check_or_refusal(upload: UploadedFile) -> Workbook | DomainError:
    """`check`, its refusal kept for `passed`: what else is asked of the request comes first."""
    try:
        return check(upload)
    except DomainError as error:
        return error


def passed(found: Workbook | DomainError) -> Workbook:
    """The workbook, or raises why it is none."""
    if isinstance(found, DomainError):
        raise found
    return found


def _file_name(name: str) -> str:
    name = clean(name).replace("/", "_").replace("\\", "_")
    stem, dot, extension = name.rpartition(".")
    return f"{stem[:140]}{dot}{extension[:8]}" if dot else name[:150]


def _counted(upload: UploadedFile) -> Iterator[tuple[int, bytes]]:
    """Chunks with the bytes before them: the first one past the limit still comes."""
    size = 0
    for chunk in upload.chunks():
        yield size, chunk
        size += len(chunk)


def folder() -> Path:
    """Where the sealed files wait."""
    path: Path = settings.DATA_DIR / "imports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def _place(batch: ImportBatch) -> Path:
    return folder() / f"{batch.uid}.sealed"


def has_source(batch: ImportBatch) -> bool:
    """Whether the uploaded file is still there."""
    return _place(batch).exists()


def gone() -> DomainError:
    """The refusal of what needs the upload when it is no longer there."""
    return DomainError("上传的文件只保存一天，现在已经清除。请重新上传", code="source_gone")


@contextmanager
def open_source(batch: ImportBatch) -> Iterator[Path]:
    """The uploaded file, opened, as a path inside a private folder that ends with the block.

    Raises DomainError when it has been deleted or was damaged.
    """
    try:
        content = crypto.unseal_bytes(_place(batch).read_bytes(), purpose=PURPOSE, row=batch.uid)
    except (OSError, crypto.Unreadable) as error:
        raise gone() from error
    with tempfile.TemporaryDirectory(prefix="portal-import-") as private:
        path = Path(private) / "upload.xlsx"
        path.write_bytes(content)
        yield path


def store(batch: ImportBatch, content: bytes) -> None:
    """Seals the upload and puts it in its place. Raises DomainError without room."""
    try:
        write_whole(_place(batch), crypto.seal_bytes(content, purpose=PURPOSE, row=batch.uid))
    except OSError as error:
        logger.error("an upload could not be stored: %s", error.strerror)
        raise DomainError(NO_ROOM, field="file", code="disk") from error


def forget(batch: ImportBatch) -> None:
    """Deletes the upload."""
    _place(batch).unlink(missing_ok=True)

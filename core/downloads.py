"""Files made for one request: written, audited, then sent."""

import re
import tempfile
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, TypeVar

from django.http import FileResponse

from . import audit, clock
from .actor import Actor
from .http import PortalRequest
from .templatetags.words import datetime_zh

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "png": "image/png",
}
# What people call such a file.
WORDS = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel", "csv": "CSV"}
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')

R = TypeVar("R")


def stamp(by: Actor) -> str:
    """Who exports when, and the number under which the audit trail has it: of the request, or of
    the document that is made behind."""
    return f"{by.name} {datetime_zh(clock.now())} 导出 编号 {by.request_id}"


def file_name(*parts: str, ending: str) -> str:
    """A file name that every system takes, of `parts` joined by a hyphen."""
    plain = (_UNSAFE.sub("", part.encode("utf-8", "ignore").decode()) for part in parts)
    text = "-".join(filter(None, (part.strip(" .")[:60] for part in plain)))
    return f"{text or '报表'}.{ending}"


def download(
    request: PortalRequest,
    *,
    name: tuple[str, ...],
    ending: str,
    write: Callable[[BinaryIO], R],
    verb: str,
    entry: Callable[[R], Mapping[str, Any]] = lambda written: {},
) -> FileResponse:
    """The file that `write` writes, audited before a byte of it leaves.

    `name` are the parts of the file's name, which the header encodes by RFC 6266; `ending` one of
    TYPES. `verb` is the audit trail's. `entry` makes of what `write` returned what else
    `audit.record` takes; the number of the export and the name of the file are told without it.
    """
    target = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the response)
    try:
        written = write(target)
        number = f"export:{request.request_id}"
        told = {"object_id": number, "label": "-".join(name), **entry(written)}
        audit.record_now(by=request.actor, verb=verb, **told)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return FileResponse(
        target,
        as_attachment=True,
        filename=file_name(*name, ending=ending),
        content_type=TYPES[ending],
    )

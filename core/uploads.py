"""Files that somebody chose on a page: each read and added by itself, each refusal with its reason."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, cast

from django.contrib import messages
from django.http import JsonResponse
from django.urls import reverse

from . import apart, attachments
from .errors import DomainError
from .http import PortalRequest
from .models import Attachment

# Where the sentences stand: at the files, to which the page scrolls, not at its head.
AT_FILES = "files"
MOST_AT_ONCE = 10


def take(
    request: PortalRequest,
    add: Callable[[attachments.Checked], object],
    *,
    none: str = "请先选择要上传的文件。",
) -> None:
    """Reads each of the files sent as `file`, before any transaction, and gives it to `add`, which
    is an act of its own. What is refused is named with its reason; `none` is said where nothing was
    chosen. The caller has asked whether files may be added: where not, none is read."""
    uploads = request.FILES.getlist("file")
    if not uploads:
        messages.error(request, none, extra_tags=AT_FILES)
    for upload in uploads[:MOST_AT_ONCE]:
        try:
            file = attachments.check(cast(BinaryIO, upload.file), upload.name or "")
            add(file)
        except DomainError as error:
            text = _not_taken(upload.name or "", error.message)
            messages.error(request, text, extra_tags=AT_FILES)
            if isinstance(error, apart.Runaway | apart.Busy) and upload is not uploads[-1]:
                messages.error(request, "其余的文件没有读，请再选择一次。", extra_tags=AT_FILES)
                break
        else:
            if file.notes:
                text = f"已上传“{file.name}”：{'；'.join(file.notes)}。"
                messages.info(request, text, extra_tags=AT_FILES)


def answer(request: PortalRequest, add: Callable[[attachments.Checked], object]) -> JsonResponse:
    """`take` for the one file that a page's script sends (static/js/photos.js): what came of it, in
    words, and the status of the refusal."""
    uploads = request.FILES.getlist("file")
    if len(uploads) != 1:
        return JsonResponse({"message": "请一次传一个文件。"}, status=422)
    (upload,) = uploads
    try:
        file = attachments.check(cast(BinaryIO, upload.file), upload.name or "")
        add(file)
    except DomainError as error:
        text = _not_taken(upload.name or "", error.message)
        return JsonResponse({"message": text}, status=error.status)
    return JsonResponse({"message": "；".join([f"已上传“{file.name}”", *file.notes])})


def sent_as(request: PortalRequest) -> uuid.UUID | None:
    """The id that the script gave the file; None for a file sent by the form itself."""
    with suppress(ValueError):
        return uuid.UUID(request.POST.get("uid", ""))
    return None


def listed(row: Attachment, *, opens: str, removes: str = "", by: str = "") -> dict[str, object]:
    """The file as the component `file_list` shows it. `opens` and `removes` name the addresses that
    take its uid; it cannot be removed without the latter. `by`: who added it, where that is shown."""
    return {
        "name": row.name,
        "url": reverse(opens, args=[row.uid]),
        "size": row.size,
        "by": by,
        "at": row.uploaded_at,
        "is_unopened": row.content_type in attachments.UNOPENED,
        "delete_url": reverse(removes, args=[row.uid]) if removes else "",
    }


def name_of_sender(row: Attachment) -> str:
    """Who added the file, for rows read with `uploaded_by`."""
    return row.uploaded_by.name if row.uploaded_by else ""


def _not_taken(name: str, why: str) -> str:
    return f"没有上传：{why}" if name in why else f"没有上传“{name}”：{why}"

"""Files of an item: added and removed by its two sides, opened by whoever may see it."""

import uuid
from typing import BinaryIO, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import acts, apart
from core import attachments as files
from core.errors import DomainError
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_attachment, get_item, rights_of
from ..actions import attachments
from ..models import ActionAttachment

# Where the sentence stands: at the files, to which the page scrolls, not at its head.
AT_FILES = "files"


def _back(item_id: int) -> HttpResponse:
    return redirect(f"{reverse('action_items:item-detail', args=[item_id])}#files")


@needs(P.ACTION_HANDLE, P.ACTION_ISSUE, methods=("POST",))
def attachment_add(request: PortalRequest, pk: int) -> HttpResponse:
    """Adds the files chosen; each is an act of its own, and what is refused is named with its
    reason."""
    uploads = request.FILES.getlist("file")
    rights = rights_of(request.actor, get_item(request.actor, pk))
    if not (rights.handles or rights.issues):
        raise Http404  # whose files nobody may add, none is read
    if not uploads:
        messages.error(request, "请先选择要上传的文件。", extra_tags=AT_FILES)
    for upload in uploads[:10]:
        try:
            _attach(request, pk, upload)
        except DomainError as error:
            messages.error(
                request, _not_taken(upload.name or "", error.message), extra_tags=AT_FILES
            )
            if isinstance(error, apart.Runaway | apart.Busy) and upload is not uploads[-1]:
                messages.error(request, "其余的文件没有读，请再选择一次。", extra_tags=AT_FILES)
                break
    return _back(pk)


def _not_taken(name: str, why: str) -> str:
    return f"没有上传：{why}" if name in why else f"没有上传“{name}”：{why}"


def _attach(request: PortalRequest, pk: int, upload: UploadedFile) -> None:
    # Read before the transaction: nobody who writes waits for a file.
    file = files.check(cast(BinaryIO, upload.file), upload.name or "")
    acts.carry_out(
        lambda: get_item(request.actor, pk),
        lambda item: file,
        lambda item, file: attachments.attach(item=item, file=file, by=request.actor),
    )
    if file.notes:
        text = f"已上传“{file.name}”：{'；'.join(file.notes)}。"
        messages.info(request, text, extra_tags=AT_FILES)


@needs(P.ACTION_VIEW, methods=("GET", "HEAD"))
def attachment_open(request: PortalRequest, uid: uuid.UUID) -> FileResponse:
    """The file, if the item it belongs to is the actor's to see."""
    return files.serve(get_attachment(request.actor, uid))


def _page_of_file(uid: uuid.UUID) -> str:
    found = ActionAttachment.objects.filter(uid=uid).values_list("item_id", flat=True).first()
    return reverse("action_items:item-detail", args=[found]) if found else "/"


@needs(P.ACTION_HANDLE, P.ACTION_ISSUE, methods=("POST",), page=_page_of_file)
def attachment_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a file away while files may be added."""
    return acts.press(
        request,
        load=lambda: get_attachment(request.actor, uid),
        act=lambda row: attachments.remove(attachment=row, by=request.actor),
        done=lambda row, nothing: _back(row.item_id),
    )

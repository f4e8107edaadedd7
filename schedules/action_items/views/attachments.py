"""Files of an item, and records that it refers to: added and removed by its two sides, opened by whoever may see it."""

import uuid

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import acts, uploads
from core import attachments as files
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from schedules.rounds.evidence import reference_of

from ..access import get_attachment, get_evidence, get_item, rights_of
from ..actions import attachments
from ..models import ActionAttachment, ActionEvidence


def _back(item_id: int) -> HttpResponse:
    return redirect(f"{reverse('action_items:item-detail', args=[item_id])}#files")


@needs(P.ACTION_HANDLE, P.ACTION_ISSUE, methods=("POST",))
def attachment_add(request: PortalRequest, pk: int) -> HttpResponse:
    """Adds the files chosen; each is an act of its own, and what is refused is named with its
    reason."""
    rights = rights_of(request.actor, get_item(request.actor, pk))
    if not (rights.handles or rights.issues):
        raise Http404  # whose files nobody may add, none is read
    uploads.take(
        request,
        lambda file: acts.carry_out(
            lambda: get_item(request.actor, pk),
            lambda item: file,
            lambda item, file: attachments.attach(item=item, file=file, by=request.actor),
        ),
    )
    return _back(pk)


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


@needs(P.ACTION_HANDLE, P.ACTION_ISSUE, methods=("POST",))
def evidence_add(request: PortalRequest, pk: int) -> HttpResponse:
    """Refers to a record that is there already, in place of a file."""
    rights = rights_of(request.actor, get_item(request.actor, pk))
    if not (rights.handles or rights.issues):
        raise Http404
    reference = reference_of(request.POST.get("evidence", ""))
    if reference is None:
        messages.error(request, "请先选一份记录。", extra_tags="files")
        return _back(pk)
    return acts.press(
        request,
        load=lambda: get_item(request.actor, pk),
        act=lambda item: attachments.cite(item=item, reference=reference, by=request.actor),
        done=lambda item, row: _back(item.pk),
    )


def _page_of_evidence(pk: int) -> str:
    found = ActionEvidence.objects.filter(pk=pk).values_list("item_id", flat=True).first()
    return reverse("action_items:item-detail", args=[found]) if found else "/"


@needs(P.ACTION_HANDLE, P.ACTION_ISSUE, methods=("POST",), page=_page_of_evidence)
def evidence_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Refers to the record no more, while files may be taken away."""
    return acts.press(
        request,
        load=lambda: get_evidence(request.actor, pk),
        act=lambda row: attachments.drop(evidence=row, by=request.actor),
        done=lambda row, nothing: _back(row.item_id),
    )

"""What shows that an item is so: records are referred to, files added, and both taken out again."""

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

from ..access import get_answered, get_attachment, get_evidence
from ..actions import evidence
from ..models import SelfAttachment, SelfEvidence, SelfItem
from ..queries.sheet import leaf_of

ACT = ("POST",)


def _back(uid: uuid.UUID, key: str) -> HttpResponse:
    return redirect(f"{reverse('self_assessments:item-edit', args=[uid, key])}#files")


def _back_of(item: SelfItem) -> HttpResponse:
    return _back(item.self_assessment.assessed.uid, item.indicator)


def _page(uid: uuid.UUID, key: str) -> str:
    return reverse("self_assessments:item-edit", args=[uid, key])


def _page_of_item(item: int | None) -> str:
    rows = SelfItem.objects.filter(pk=item or 0)
    found = rows.values_list("self_assessment__assessed__uid", "indicator").first()
    return _page(*found) if found else "/"


def _page_of_evidence(pk: int) -> str:
    return _page_of_item(
        SelfEvidence.objects.filter(pk=pk).values_list("item_id", flat=True).first()
    )


def _page_of_file(uid: uuid.UUID) -> str:
    return _page_of_item(
        SelfAttachment.objects.filter(uid=uid).values_list("item_id", flat=True).first()
    )


@needs(P.ASSESSMENT_ANSWER, methods=ACT, page=_page)
def evidence_add(request: PortalRequest, uid: uuid.UUID, key: str) -> HttpResponse:
    """Refers to a record that is there already, in place of a file."""
    if leaf_of(get_answered(request.actor, uid), key) is None:
        raise Http404
    reference = reference_of(request.POST.get("evidence", ""))
    if reference is None:
        messages.error(request, "请先选一份记录。", extra_tags="files")
        return _back(uid, key)
    return acts.press(
        request,
        load=lambda: get_answered(request.actor, uid),
        act=lambda assessed: evidence.cite(
            assessed=assessed, indicator=key, reference=reference, by=request.actor
        ),
        done=lambda assessed, row: _back(uid, key),
    )


@needs(P.ASSESSMENT_ANSWER, methods=ACT, page=_page_of_evidence)
def evidence_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Refers to the record no more."""
    return acts.press(
        request,
        load=lambda: get_evidence(request.actor, pk),
        act=lambda row: evidence.drop(evidence=row, by=request.actor),
        done=lambda row, nothing: _back_of(row.item),
    )


@needs(P.ASSESSMENT_ANSWER, methods=ACT, page=_page)
def attachment_add(request: PortalRequest, uid: uuid.UUID, key: str) -> HttpResponse:
    """Adds the files chosen; each is an act of its own, and what is refused is named with its
    reason."""
    if leaf_of(get_answered(request.actor, uid), key) is None:
        raise Http404
    uploads.take(
        request,
        lambda file: acts.carry_out(
            lambda: get_answered(request.actor, uid),
            lambda assessed: file,
            lambda assessed, file: evidence.attach(
                assessed=assessed, indicator=key, file=file, by=request.actor
            ),
        ),
    )
    return _back(uid, key)


@needs(P.ASSESSMENT_VIEW, methods=("GET", "HEAD"))
def attachment_open(request: PortalRequest, uid: uuid.UUID) -> FileResponse:
    """The file, for whoever may read the self-assessment."""
    return files.serve(get_attachment(request.actor, uid))


@needs(P.ASSESSMENT_ANSWER, methods=ACT, page=_page_of_file)
def attachment_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a file away."""
    return acts.press(
        request,
        load=lambda: get_attachment(request.actor, uid, writes=True),
        act=lambda row: evidence.remove(attachment=row, by=request.actor),
        done=lambda row, nothing: _back_of(row.item),
    )

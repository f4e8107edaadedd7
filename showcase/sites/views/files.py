"""What shows that an application is so: records are referred to, files added, and both taken out again."""

import uuid

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import acts, uploads
from core import attachments as files
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from schedules.rounds.evidence import reference_of

from ..access import get_attachment, get_evidence, get_kept_site, get_own_site
from ..actions import evidence
from ..models import SiteAttachment, SiteEvidence

ACT = ("POST",)


def _page(uid: uuid.UUID) -> str:
    return reverse("sites:site-detail", args=[uid])


def _back(uid: uuid.UUID) -> HttpResponse:
    return redirect(f"{_page(uid)}#files")


def _page_of_evidence(pk: int) -> str:
    found = SiteEvidence.objects.filter(pk=pk).values_list("site__uid", flat=True).first()
    return _page(found) if found else "/"


def _page_of_file(uid: uuid.UUID) -> str:
    found = SiteAttachment.objects.filter(uid=uid).values_list("site__uid", flat=True).first()
    return _page(found) if found else "/"


@needs(P.SITE_APPLY, methods=ACT, page=_page)
def evidence_add(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Refers to a record that is there already, in place of a file."""
    get_own_site(request.actor, uid)
    reference = reference_of(request.POST.get("evidence", ""))
    if reference is None:
        messages.error(request, "请先选一份记录。", extra_tags="files")
        return _back(uid)
    return acts.press(
        request,
        load=lambda: get_own_site(request.actor, uid),
        act=lambda site: evidence.cite(site=site, reference=reference, by=request.actor),
        done=lambda site, row: _back(uid),
    )


@needs(P.SITE_APPLY, methods=ACT, page=_page_of_evidence)
def evidence_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Refers to the record no more."""
    return acts.press(
        request,
        load=lambda: get_evidence(request.actor, pk),
        act=lambda row: evidence.drop(evidence=row, by=request.actor),
        done=lambda row, nothing: _back(row.site.uid),
    )


@needs(P.SITE_APPLY, P.SITE_EDIT, methods=ACT, page=_page)
def attachment_add(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Adds the files chosen; each is an act of its own, and what is refused is named with its
    reason."""
    get_kept_site(request.actor, uid)
    uploads.take(
        request,
        lambda file: acts.carry_out(
            lambda: get_kept_site(request.actor, uid),
            lambda site: file,
            lambda site, file: evidence.attach(site=site, file=file, by=request.actor),
        ),
    )
    return _back(uid)


@needs(P.SITE_VIEW, methods=("GET", "HEAD"))
def attachment_open(request: PortalRequest, uid: uuid.UUID) -> FileResponse:
    """The file, for whoever may read all of the site."""
    return files.serve(get_attachment(request.actor, uid))


@needs(P.SITE_APPLY, P.SITE_EDIT, methods=ACT, page=_page_of_file)
def attachment_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a file away."""
    return acts.press(
        request,
        load=lambda: get_attachment(request.actor, uid, writes=True),
        act=lambda row: evidence.remove(attachment=row, by=request.actor),
        done=lambda row, nothing: _back(row.site.uid),
    )

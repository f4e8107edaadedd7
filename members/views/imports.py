"""The roster from the upload to the written rows."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from core import importing
from core.errors import DomainError
from core.guards import needs
from core.http import PortalRequest, is_fragment
from orgs.permissions import Permission as P

from ..forms import UploadForm
from ..imports import IMPORTER
from ..models import MemberImport
from .exports import XLSX

KEPT_IN_LIST = 30


def _mine(request: PortalRequest, uid: UUID) -> MemberImport:
    """The actor's own upload, in the role it was made in. One query; Http404 for others'."""
    batch = MemberImport.objects.filter(
        uid=uid, uploaded_by_id=request.actor.user_id, grant_id=request.actor.grant_id or 0
    ).first()
    if batch is None:
        raise Http404
    return batch


@needs(P.MEMBER_IMPORT, methods=("GET", "HEAD"))
def member_import_list(request: PortalRequest) -> HttpResponse:
    """The actor's uploads, newest first."""
    batches = MemberImport.objects.filter(
        uploaded_by_id=request.actor.user_id, grant_id=request.actor.grant_id or 0
    ).select_related("uploaded_by")[:KEPT_IN_LIST]
    return render(request, "members/member_import_list.html", {"batches": batches})


@needs(P.MEMBER_IMPORT, methods=("GET", "HEAD", "POST"))
def member_import(request: PortalRequest) -> HttpResponse:
    """Takes a workbook and has it read in the background."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = importing.receive(
                model=MemberImport, upload=form.cleaned_data["file"], by=request.actor
            )
        except DomainError as error:
            form.add_error("file" if error.field == "file" else None, error.message)
        else:
            return redirect("members:member-import-detail", uid=batch.uid)
    status = 400 if form.errors else 200
    return render(request, "members/member_import.html", {"form": form}, status=status)


@needs(P.MEMBER_IMPORT, methods=("GET", "HEAD"))
def member_import_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """How far it is, what it would change, or what it changed."""
    page = importing.page(_mine(request, uid))
    context = {"page": page, "poll_url": reverse("members:member-import-detail", args=[uid])}
    if is_fragment(request):
        if page.is_moving:
            return render(request, "core/import_progress.html", context)
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "members/member_import_detail.html", context)


@needs(P.MEMBER_IMPORT, methods=("POST",))
def member_import_apply(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Has the rows written in the background."""
    importing.confirm(batch=_mine(request, uid), by=request.actor)
    return redirect("members:member-import-detail", uid=uid)


@needs(P.MEMBER_IMPORT, methods=("POST",))
def member_import_cancel(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Gives the upload up and deletes its file."""
    importing.cancel(batch=_mine(request, uid), by=request.actor)
    return redirect("members:member-import-list")


@needs(P.MEMBER_IMPORT, methods=("GET", "HEAD"))
def member_import_marked(request: PortalRequest, uid: UUID) -> HttpResponse:
    """The uploaded workbook with its bad cells marked."""
    batch = _mine(request, uid)
    content = importing.marked_workbook(IMPORTER, batch, request.actor)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(
        True, f"标出错误-{batch.file_name}"
    )
    return response

"""The roster import: upload, progress, preview, confirm, the marked sheet."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header

from core import importing
from core.errors import DomainError
from core.guards import needs
from core.http import PortalRequest, is_fragment

from ..actions import organization_imports
from ..forms import refusals
from ..forms.organizations import RosterUpload
from ..models import OrganizationImport
from ..permissions import Permission as P
from .organizations import FORM, READ, XLSX


def _batch(uid: uuid.UUID) -> OrganizationImport:
    """Everybody who may import sees all rosters: they are of the whole zone."""
    return get_object_or_404(OrganizationImport.objects.select_related("uploaded_by"), uid=uid)


@needs(P.ORGANIZATION_IMPORT, methods=FORM)
def organization_import(request: PortalRequest) -> HttpResponse:
    """Takes a workbook, and lists earlier ones."""
    form = RosterUpload(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = RosterUpload(request.POST, request.FILES)
    if form.is_bound and form.is_valid():
        try:
            batch = organization_imports.receive(upload=form.cleaned_data["file"], by=request.actor)
        except DomainError as error:
            refusals.show(form, error)
        else:
            return redirect(batch)
    batches = OrganizationImport.objects.select_related("uploaded_by").defer("errors", "preview")
    return render(
        request,
        "orgs/organization_import.html",
        {"form": form, "batches": batches[:20]},
        status=422 if form.errors else 200,
    )


@needs(P.ORGANIZATION_IMPORT, methods=READ)
def organization_import_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One batch: how far it is, what it would change, what it changed."""
    batch = _batch(uid)
    page = importing.page(batch)
    context = {"page": page, "batch": batch, "is_mine": batch.uploaded_by_id == request.user.pk}
    if is_fragment(request) and page.is_moving:
        return render(
            request,
            "core/import_progress.html",
            {"page": page, "poll_url": batch.get_absolute_url()},
        )
    response = render(request, "orgs/organization_import_detail.html", context)
    if is_fragment(request):
        response["HX-Refresh"] = "true"
    return response


@needs(P.ORGANIZATION_IMPORT, methods=("POST",))
def organization_import_confirm(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Has the batch written in the background."""
    batch = _batch(uid)
    organization_imports.confirm(batch=batch, by=request.actor)
    return redirect(batch)


@needs(P.ORGANIZATION_IMPORT, methods=("POST",))
def organization_import_cancel(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Gives the batch up and deletes its file."""
    batch = _batch(uid)
    organization_imports.cancel(batch=batch, by=request.actor)
    messages.success(request, f"已放弃导入 {batch.file_name}。")
    return redirect("orgs:organization-import")


@needs(P.ORGANIZATION_IMPORT, methods=READ)
def organization_import_marked(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The uploaded workbook with its bad cells marked."""
    batch = _batch(uid)
    content = importing.marked_workbook(importing.importer_of(batch), batch, request.actor)
    name = f"{batch.file_name.rpartition('.')[0]}（已标出错误）.xlsx"
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": content_disposition_header(True, name) or "attachment"},
    )

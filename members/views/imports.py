"""The roster from the upload to the written rows."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from core.guards import needs
from core.http import PortalRequest
from core.views.imports import ImportPages
from orgs.permissions import Permission as P

from ..models import MemberImport

# Each sees his own uploads, in the role they were made in: they carry personal data.
PAGES = ImportPages(
    MemberImport,
    label="党员花名册",
    help_text="Excel 工作簿（.xlsx），不超过 20 MB。列的顺序、标题行的位置不限。",
    home="members:member-import-list",
    upload_template="members/member_import.html",
    detail_template="members/member_import_detail.html",
    visible=lambda rows, request: rows.filter(
        uploaded_by_id=request.actor.user_id, grant_id=request.actor.grant_id or 0
    ),
)


@needs(P.MEMBER_IMPORT, methods=("GET", "HEAD"))
def member_import_list(request: PortalRequest) -> HttpResponse:
    """The actor's uploads, newest first."""
    return render(request, "members/member_import_list.html", {"batches": PAGES.batches(request)})


@needs(P.MEMBER_IMPORT, methods=("GET", "HEAD", "POST"))
def member_import(request: PortalRequest) -> HttpResponse:
    """Takes a workbook and has it read in the background."""
    return PAGES.upload(request)


@needs(P.MEMBER_IMPORT, methods=("GET", "HEAD"))
def member_import_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """How far it is, what it would change, or what it changed."""
    return PAGES.detail(request, uid)


@needs(P.MEMBER_IMPORT, methods=("POST",))
def member_import_apply(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Has the rows written in the background."""
    return PAGES.confirm(request, uid)


@needs(P.MEMBER_IMPORT, methods=("POST",))
def member_import_cancel(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Gives the upload up and deletes its file."""
    return PAGES.cancel(request, uid)


@needs(P.MEMBER_IMPORT, methods=("POST",))
def member_import_marked(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Has the uploaded workbook made again behind, its bad cells marked."""
    return PAGES.marked(request, uid)

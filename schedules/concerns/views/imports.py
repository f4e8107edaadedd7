"""The sheet of the city's 12345 work orders: uploaded, looked at, written."""

from uuid import UUID

from django.http import HttpResponse

from core.guards import needs
from core.http import PortalRequest
from core.views.imports import ImportPages
from orgs.permissions import Permission as P

from ..models import ConcernImport

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")

# Each sees his own uploads, in the role they were made in: they name people.
PAGES = ImportPages(
    ConcernImport,
    label="12345工单表（.xlsx）",
    home="concerns:import",
    upload_template="concerns/import.html",
    detail_template="concerns/import_detail.html",
    visible=lambda rows, request: rows.filter(
        uploaded_by_id=request.actor.user_id, grant_id=request.actor.grant_id or 0
    ),
)


@needs(P.CONCERN_ASSIGN, methods=FORM)
def import_upload(request: PortalRequest) -> HttpResponse:
    """Takes a workbook, and lists earlier ones."""
    return PAGES.upload(request)


@needs(P.CONCERN_ASSIGN, methods=READ)
def import_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """One batch: how far it is, what it would add, what it added."""
    return PAGES.detail(request, uid)


@needs(P.CONCERN_ASSIGN, methods=POST)
def import_confirm(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Has the concerns written in the background."""
    return PAGES.confirm(request, uid)


@needs(P.CONCERN_ASSIGN, methods=POST)
def import_cancel(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Gives the batch up and deletes its file."""
    return PAGES.cancel(request, uid)


@needs(P.CONCERN_ASSIGN, methods=POST)
def import_marked(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Has the uploaded workbook made again behind, its bad cells marked."""
    return PAGES.marked(request, uid)

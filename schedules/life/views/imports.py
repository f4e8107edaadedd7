"""The branch's own ledger brought in: uploaded or pasted, shown, and written when it is confirmed."""

from uuid import UUID

from django.http import HttpResponse

from core.guards import needs
from core.http import PortalRequest
from core.views.imports import ImportPages
from orgs.permissions import Permission as P

from ..models import LedgerImport

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")

# Each sees his own uploads, in the role they were made in: they name people.
PAGES = ImportPages(
    LedgerImport,
    label="三会一课台账（.xlsx）",
    home="life:import",
    upload_template="life/import.html",
    detail_template="life/import_detail.html",
    visible=lambda rows, request: rows.filter(
        uploaded_by_id=request.actor.user_id, grant_id=request.actor.grant_id or 0
    ),
    pasted_name="粘贴的台账.xlsx",
)


@needs(P.LIFE_RECORD, methods=FORM)
def import_upload(request: PortalRequest) -> HttpResponse:
    """Takes a workbook, and lists earlier ones."""
    return PAGES.upload(request)


@needs(P.LIFE_RECORD, methods=FORM)
def import_paste(request: PortalRequest) -> HttpResponse:
    """Takes what was copied out of a spreadsheet; from there on it is an upload like others."""
    return PAGES.paste(request, "life/import_paste.html")


@needs(P.LIFE_RECORD, methods=READ)
def import_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """One batch: how far it is, what it would add, what it added."""
    return PAGES.detail(request, uid)


@needs(P.LIFE_RECORD, methods=POST)
def import_confirm(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Has the records written in the background."""
    return PAGES.confirm(request, uid)


@needs(P.LIFE_RECORD, methods=POST)
def import_cancel(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Gives the batch up and deletes its file."""
    return PAGES.cancel(request, uid)


@needs(P.LIFE_RECORD, methods=POST)
def import_marked(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Has the uploaded workbook made again behind, its bad cells marked."""
    return PAGES.marked(request, uid)

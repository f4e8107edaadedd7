"""The roster import: upload, progress, preview, confirm, the marked sheet."""

from uuid import UUID

from django.http import HttpResponse

from core.guards import needs
from core.http import PortalRequest
from core.views.imports import ImportPages

from ..models import OrganizationImport
from ..permissions import Permission as P
from .organizations import FORM, READ

# Everybody who may import sees all rosters: they are of the whole zone.
PAGES = ImportPages(
    OrganizationImport,
    label="党组织花名册（.xlsx）",
    home="orgs:organization-import",
    upload_template="orgs/organization_import.html",
    detail_template="orgs/organization_import_detail.html",
)


@needs(P.ORGANIZATION_IMPORT, methods=FORM)
def organization_import(request: PortalRequest) -> HttpResponse:
    """Takes a workbook, and lists earlier ones."""
    return PAGES.upload(request)


@needs(P.ORGANIZATION_IMPORT, methods=READ)
def organization_import_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """One batch: how far it is, what it would change, what it changed."""
    return PAGES.detail(request, uid)


@needs(P.ORGANIZATION_IMPORT, methods=("POST",))
def organization_import_confirm(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Has the batch written in the background."""
    return PAGES.confirm(request, uid)


@needs(P.ORGANIZATION_IMPORT, methods=("POST",))
def organization_import_cancel(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Gives the batch up and deletes its file."""
    return PAGES.cancel(request, uid)


@needs(P.ORGANIZATION_IMPORT, methods=("POST",))
def organization_import_marked(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Has the uploaded workbook made again behind, its bad cells marked."""
    return PAGES.marked(request, uid)

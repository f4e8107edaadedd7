"""A version as a sheet."""

from uuid import UUID

from django.http import FileResponse

from core.downloads import download, stamp
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_version
from ..exports import sheet_of, write_scheme


@needs(P.SCHEME_VIEW, methods=("GET", "HEAD"))
def version_sheet(request: PortalRequest, uid: UUID) -> FileResponse:
    """The version in the columns that staff know, to be filled in on paper or brought in again."""
    version = get_version(request.actor, uid)
    scheme = version.scheme
    return download(
        request,
        name=(f"{scheme.year}年度考核细则", scheme.name, f"第{version.number}版"),
        ending="xlsx",
        write=lambda target: write_scheme(target, sheet_of(version), stamp=stamp(request.actor)),
        verb="schemes.version.sheet",
        entry=lambda count: {
            "object_id": str(version.uid),
            "organization_id": scheme.organization_id,
            "organization_path": scheme.organization.path,
        },
    )

"""Sites as Excel, the application as Word or PDF, coverage as Excel."""

import uuid

from django.http import FileResponse, Http404

from core import clock
from core.documents.writers import WRITERS
from core.downloads import download, stamp
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_read_site, may_read
from ..exports import application, write_coverage, write_sites
from ..queries.listing import listed
from .sites import coverage_of, wanted_of

READ = ("GET",)
MOST = 2000


@needs(P.SITE_VIEW, methods=READ)
def site_sheet(request: PortalRequest) -> FileResponse:
    """The list as it is narrowed. Three queries."""
    actor = request.actor
    wanted, _ = wanted_of(request)
    rows = list(listed(actor, wanted).select_related("organization__parent", "programme")[:MOST])
    own = {one.pk for one in rows if may_read(actor, one)}
    return download(
        request,
        name=(actor.organization_name, "示范点"),
        ending="xlsx",
        write=lambda target: write_sites(
            target, rows, own, whose=actor.organization_name, stamp=stamp(actor)
        ),
        verb="sites.site.export",
        entry=lambda written: {
            "organization_id": actor.organization_id,
            "organization_path": actor.organization_path,
            "changes": {"format": [None, "xlsx"]},
        },
    )


@needs(P.SITE_VIEW, methods=READ)
def coverage_sheet(request: PortalRequest) -> FileResponse:
    """Coverage by committee and by class. Three queries."""
    top, found = coverage_of(request)
    return download(
        request,
        name=(top.name, "示范点覆盖情况"),
        ending="xlsx",
        write=lambda target: write_coverage(
            target, found, whose=top.name, stamp=stamp(request.actor), day=clock.today()
        ),
        verb="sites.coverage.export",
        entry=lambda written: {
            "organization_id": top.pk,
            "organization_path": top.path,
            "changes": {"format": [None, "xlsx"]},
        },
    )


@needs(P.SITE_VIEW, methods=READ)
def site_paper(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """示范点申报表 as `docx` or `pdf`, for whoever may read all of it."""
    site = get_read_site(request.actor, uid)
    if ending not in WRITERS:
        raise Http404
    made = application(site, list(site.evidence.all()))
    return download(
        request,
        name=(site.organization.name, "示范点申报表"),
        ending=ending,
        write=lambda target: WRITERS[ending].write(target, made),
        verb="sites.site.export",
        entry=lambda written: {
            "organization_id": site.organization_id,
            "organization_path": site.organization.path,
            "changes": {"format": [None, ending]},
        },
    )

"""Projects as a sheet, the application of one as Word or PDF."""

import uuid

from django.http import FileResponse, Http404

from core import clock
from core.documents.writers import WRITERS
from core.downloads import download, stamp
from core.guards import needs, signed_in
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_project
from ..exports import application, write_projects
from ..queries.board import chosen, lines
from .projects import filtered

READ = ("GET",)
MOST = 2000
VERB = "projects.project.export"


@needs(P.PROJECT_VIEW, methods=READ)
def project_sheet(request: PortalRequest) -> FileResponse:
    """The projects of the list, as it is narrowed. Five queries, however many."""
    actor, today = request.actor, clock.today()
    rows = lines(list(chosen(actor, filtered(request)[1])[:MOST]))
    late = [one.late_on(today) for one in rows]
    return download(
        request,
        name=(actor.organization_name, "党建项目"),
        ending="xlsx",
        write=lambda target: write_projects(
            target, rows, late, whose=actor.organization_name, stamp=stamp(actor)
        ),
        verb=VERB,
        entry=lambda written: {
            "organization_id": actor.organization_id,
            "organization_path": actor.organization_path,
            "changes": {"format": [None, "xlsx"]},
        },
    )


@signed_in(*READ)
def project_paper(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """The application of a project, as `docx` or `pdf`. Three queries."""
    project = get_project(request.actor, uid)
    if ending not in WRITERS:
        raise Http404
    [line] = lines([project])
    made = application(project, line)
    return download(
        request,
        name=(project.organization.name, project.title, "申报书"),
        ending=ending,
        write=lambda target: WRITERS[ending].write(target, made),
        verb=VERB,
        entry=lambda written: {
            "organization_id": project.organization_id,
            "organization_path": project.organization.path,
            "changes": {"format": [None, ending]},
        },
    )

"""How far a theme is, as Excel, Word or PDF."""

import uuid

from django.http import FileResponse, Http404

from core import periods
from core.documents.writers import WRITERS
from core.downloads import download, stamp
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_theme
from ..exports import brief, write_standings
from ..queries.scope import sees_all
from ..queries.sums import by_committee, standings_of, totals_of

READ = ("GET",)


@needs(P.THEME_VIEW, methods=READ)
def theme_paper(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """What the actor may see of a theme: `xlsx` has each organisation, `docx` and `pdf` the account of
    it. Eight queries however many organisations there are."""
    actor = request.actor
    theme = get_theme(actor, uid)
    if theme.is_draft or (ending != "xlsx" and ending not in WRITERS):
        raise Http404
    whose = theme.organization.name if sees_all(actor, theme) else actor.organization_name
    name = (whose, periods.label(theme.quarter), "季度主题")
    if ending == "xlsx":
        rows = list(
            standings_of(actor, theme)
            .select_related("place__organization__parent")
            .order_by("figure__position", "place__organization__path")
        )
        write = lambda target: write_standings(  # noqa: E731
            target, theme, rows, whose=whose, stamp=stamp(actor)
        )
    else:
        made = brief(theme, totals_of(actor, theme), by_committee(actor, theme), whose)
        write = lambda target: WRITERS[ending].write(target, made)  # noqa: E731
    return download(
        request,
        name=name,
        ending=ending,
        write=write,
        verb="themes.theme.export",
        entry=lambda written: {
            "organization_id": theme.organization_id,
            "organization_path": theme.organization.path,
            "changes": {"format": [None, ending]},
        },
    )

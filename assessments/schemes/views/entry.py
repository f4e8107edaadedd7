"""A version, read: the way to its sheet."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_version
from ..definitions import leaves
from ..models import SchemeVersion
from ..sheets.tree import standard_of
from ..sheets.words import in_words


@needs(P.SCHEME_VIEW, methods=("GET", "HEAD"))
def version(request: PortalRequest, uid: UUID) -> HttpResponse:
    """What the version says, indicator by indicator."""
    row = get_version(request.actor, uid)
    edits = request.actor.may_at(P.SCHEME_EDIT, row.scheme.organization.path)
    context = {
        "version": row,
        "can_import": edits and SchemeVersion.machine.may(row, "save"),
        "lines": [
            (leaf, standard_of(leaf.node), in_words(leaf.node.get("rules", ())))
            for leaf in leaves(row.content)
        ],
    }
    return render(request, "schemes/version.html", context)

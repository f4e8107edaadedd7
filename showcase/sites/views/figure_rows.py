"""The committees that a figure has counted, with how many sites each has."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from core import clock, figures, periods
from core.figures import Reading
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.access import get_window
from orgs.models import Organization
from orgs.permissions import Permission as P
from orgs.queries.places import paths_on

from ..figures import COMMITTEES, COVERED
from ..queries.coverage import committees_then

READ = ("GET", "HEAD")
PAGE = 50


@needs(P.SITE_VIEW, methods=READ)
def figure_rows(request: PortalRequest) -> HttpResponse:
    """What a figure counts at a place for a period; the address says which. Committees that have left
    the reader's scope since are counted and not named. A fixed number of queries."""
    key, actor = request.GET.get("figure") or COVERED, request.actor
    if key not in (COMMITTEES, COVERED):
        raise Http404
    node, window = get_window(actor, request.GET, P.SITE_VIEW)
    path = node.path
    if window.end < clock.today():
        path = paths_on([node.pk], window.end, window.known_at).get(node.pk, "")
    found = committees_then(window, [path], Reading().trees) if path else {}
    counted = {
        pk: (at, sites)
        for pk, (at, sites) in found.items()
        if (key == COMMITTEES or sites) and (actor.inherits or pk == node.pk)
    }
    seen = Organization.objects.visible_to(actor, P.SITE_VIEW).filter(pk__in=counted)
    page = Pager(seen.order_by("path"), PAGE).get_page(request.GET.get("page"))
    context = {
        "node": node,
        "label": figures.registered()[key].label_in(window.period),
        "period": periods.label(window.period),
        "day": window.end if window.end < clock.today() else None,
        "known_at": window.known_at,
        "page": page,
        "rows": [(one, counted[one.pk][1]) for one in page],
        "elsewhere": len(counted) - page.paginator.count,
    }
    return render(request, "sites/figure_rows.html", context)

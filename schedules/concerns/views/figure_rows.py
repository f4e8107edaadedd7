"""The time limits that a figure has counted, each with its concern."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from core import clock, figures, periods
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.access import get_window
from orgs.permissions import Permission as P

from ..queries.counted import DUE, KEYS, terms_of


@needs(P.CONCERN_VIEW, methods=("GET", "HEAD"))
def concern_rows(request: PortalRequest) -> HttpResponse:
    """What a figure counts at a place for a period; the address says which. A fixed number of queries."""
    key, actor = request.GET.get("figure") or DUE, request.actor
    if key not in KEYS:
        raise Http404
    node, window = get_window(actor, request.GET, P.CONCERN_VIEW)
    found = terms_of(key, node, window, below=actor.inherits)
    seen = found.visible_to(actor).select_related("organization", "concern__kind")
    page = Pager(seen.order_by("due_at", "pk"), 50).get_page(request.GET.get("page"))
    context = {
        "node": node,
        "label": figures.registered()[key].label_in(window.period),
        "period": periods.label(window.period),
        "day": window.day if window.day < clock.today() else None,
        "known_at": window.known_at,
        "page": page,
        "elsewhere": found.count() - page.paginator.count,
    }
    return render(request, "concerns/concern_rows.html", context)

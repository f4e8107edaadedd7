"""The brands that a figure has counted."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from core import clock, figures, periods
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.access import get_window
from orgs.permissions import Permission as P

from ..models import Brand
from ..queries.counted import KEYS, NAMED, counted_at

READ = ("GET", "HEAD")
PAGE = 50


@needs(P.BRAND_VIEW, methods=READ)
def figure_rows(request: PortalRequest) -> HttpResponse:
    """What a figure counts at a place for a period; the address says which. Rows that have left the
    reader's scope since are counted and not named. A fixed number of queries."""
    key, actor = request.GET.get("figure") or NAMED, request.actor
    if key not in KEYS:
        raise Http404
    node, window = get_window(actor, request.GET, P.BRAND_VIEW)
    found = counted_at(key, node, window, below=actor.inherits)
    seen = Brand.objects.visible_to(actor).values("pk")
    rows = found.filter(pk__in=seen).select_related("organization").order_by("-named_on", "-pk")
    page = Pager(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "node": node,
        "label": figures.registered()[key].label_in(window.period),
        "period": periods.label(window.period),
        "day": window.end if window.end < clock.today() else None,
        "known_at": window.known_at,
        "page": page,
        "elsewhere": found.count() - page.paginator.count,
    }
    return render(request, "brands/figure_rows.html", context)

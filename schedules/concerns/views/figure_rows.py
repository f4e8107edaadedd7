"""The time limits that a figure has counted, each with its concern."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from core import clock, figures, periods
from core.figures import Window
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.access import get_moment, get_organization
from orgs.permissions import Permission as P

from ..queries.counted import DUE, KEYS, terms_of


@needs(P.CONCERN_VIEW, methods=("GET", "HEAD"))
def concern_rows(request: PortalRequest) -> HttpResponse:
    """What a figure counts at a place for a period; the address says which. A fixed number of queries."""
    key, actor = request.GET.get("figure") or DUE, request.actor
    period = request.GET.get("period") or periods.containing(clock.today(), periods.MONTH)
    if key not in KEYS or not periods.is_period(period):
        raise Http404
    given = request.GET.get("organization", "")
    number = (whole_number(given) if given else actor.organization_id) or 0
    node = get_organization(actor, number, P.CONCERN_VIEW, whole=True)
    day, known_at = get_moment(request.GET)
    found = terms_of(key, node, Window(period, day, known_at), below=actor.inherits)
    seen = found.visible_to(actor).select_related("organization", "concern__kind")
    page = Pager(seen.order_by("due_at", "pk"), 50).get_page(request.GET.get("page"))
    context = {
        "node": node,
        "label": figures.registered()[key].label_in(period),
        "period": periods.label(period),
        "day": day if day < clock.today() else None,
        "known_at": known_at,
        "page": page,
        "elsewhere": found.count() - page.paginator.count,
    }
    return render(request, "concerns/concern_rows.html", context)

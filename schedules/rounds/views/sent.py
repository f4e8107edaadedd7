"""Reports that figures have counted."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from core import clock, periods
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.access import get_moment
from orgs.models import Organization
from orgs.permissions import Permission as P

from .. import fulfilment
from ..queries.duties import opened_periods
from ..queries.sent import OWED, owed_by_branches, sent_by_branches
from .choices import chosen_organization, chosen_plan

HEADINGS = {
    "": "已报送的支部",
    "on_time": "按时报送的支部",
    "due": "应报送的支部",
    "unsent": "到期未报的支部",
}


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def report_sent(request: PortalRequest) -> HttpResponse:
    """Branches that have sent the period's report, by a day or a moment; on time alone, when that
    is asked. With `owed` the monthly reports that were due within it, and what became of them."""
    node = chosen_organization(request)
    period = request.GET.get("period") or _newest(request, node)
    if not periods.is_period(period):
        raise Http404
    day, known_at = get_moment(request.GET)
    on_time = request.GET.get("on_time") == "1"
    show, below = request.GET.get("owed", ""), request.actor.inherits
    if show in OWED:
        rows = owed_by_branches(*(node, period, day, known_at), below=below, show=show)
    else:
        rows = sent_by_branches(*(node, period, day, known_at), below=below, on_time=on_time)
    page = Pager(rows, 50).get_page(request.GET.get("page"))
    context = {
        "node": node,
        "period": periods.label(period),
        "day": day if day < clock.today() else None,
        "known_at": known_at,
        "heading": HEADINGS.get(show) or HEADINGS["on_time" if on_time else ""],
        "page": page,
        "rows": [
            {
                "duty": duty,
                "url": fulfilment.url_of(duty)
                if request.actor.covers(duty.organization.path)
                else "",
            }
            for duty in page
        ],
    }
    return render(request, "schedules/report_sent.html", context)


def _newest(request: PortalRequest, node: Organization) -> str:
    """The period that pages show first of the first plan; empty where there is none."""
    plan, _ = chosen_plan(request)
    return (opened_periods(plan, node).shown_first if plan else None) or ""

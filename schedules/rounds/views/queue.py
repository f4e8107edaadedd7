"""Reports that wait for my check."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render

from core import clock
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.permissions import Permission as P

from ..enums import ItemState
from ..queries.reports import waiting, waiting_for_second_look


@needs(P.REPORT_CHECK, P.REPORT_CONFIRM, methods=("GET", "HEAD"))
def report_queue(request: PortalRequest) -> HttpResponse:
    """What was sent to me, first come first; `?all=1` everything below, `?second=1` the second
    look."""
    second = request.GET.get("second") == "1"
    everything = request.GET.get("all") == "1" and not second
    if second:
        rows = waiting_for_second_look(request.actor)
    else:
        rows = waiting(request.actor, everything=everything)
    rows = rows.select_related("organization__parent").annotate(
        open_items=Count("items", Q(items__state=ItemState.SUBMITTED))
    )
    page = Pager(rows, 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            {"report": row, "days": (clock.now() - (row.submitted_at or clock.now())).days}
            for row in page
        ],
        "everything": everything,
        "second": second,
        "others": waiting(request.actor, everything=True).count() if not everything else 0,
        "second_count": waiting_for_second_look(request.actor).count() if not second else 0,
    }
    return render(request, "schedules/queue.html", context)

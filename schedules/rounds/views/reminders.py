"""What became of the reminders sent by hand: in the inbox, by mail, read."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.permissions import Permission as P

from ..queries.duties import opened_periods
from ..queries.recipients import reminders_sent
from .matrix import chosen_organization, chosen_period


@needs(P.REPORT_REMIND, methods=("GET", "HEAD"))
def reminder_list(request: PortalRequest) -> HttpResponse:
    """The reminders of a month's reports below the node, newest first."""
    node = chosen_organization(request, P.REPORT_REMIND)
    period = chosen_period(request, opened_periods(node).shown_first)
    if period is None:
        raise Http404
    rows = reminders_sent(node, period)
    address = urlencode({"organization": node.pk, "period": period})
    context = {
        "node": node,
        "period": period,
        "page": Pager(rows, 50).get_page(request.GET.get("page")),
        "unread": sum(row.delivery.message.read_at is None for row in rows),
        "back": f"{reverse('schedules:report-matrix')}?{address}",
    }
    return render(request, "schedules/reminder_list.html", context)

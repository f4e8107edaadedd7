"""What became of the reminders sent by hand: in the inbox, by mail, read."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.permissions import Permission as P

from ..queries.recipients import reminders_sent
from .choices import chosen_or_404


@needs(P.REPORT_REMIND, methods=("GET", "HEAD"))
def reminder_list(request: PortalRequest) -> HttpResponse:
    """The reminders of a month's reports below the node, newest first."""
    choice, period = chosen_or_404(request, P.REPORT_REMIND)
    rows = reminders_sent(choice.plan, choice.node, period)
    context = {
        "node": choice.node,
        "plan": choice.plan,
        "period": period,
        "page": Pager(rows, 50).get_page(request.GET.get("page")),
        "unread": sum(row.delivery.message.read_at is None for row in rows),
        "back": f"{reverse('schedules:report-matrix')}?{choice.query}",
    }
    return render(request, "schedules/reminder_list.html", context)

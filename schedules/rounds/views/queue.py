"""What waits for my check."""

from django.http import HttpResponse
from django.shortcuts import render

from core import clock
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.permissions import Permission as P

from .. import fulfilment
from ..queries.duties import waiting, waiting_for_second_look


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
    page = Pager(rows, 50).get_page(request.GET.get("page"))
    duties = list(page)
    notes = {
        duty_id: note
        for kind, group in fulfilment.by_kind(duties).items()
        for duty_id, note in kind.notes(group).items()
    }
    now = clock.now()
    context = {
        "page": page,
        "rows": [
            {
                "duty": duty,
                "url": fulfilment.url_of(duty),
                "note": "" if second else notes.get(duty.pk, ""),
                "days": (now - (duty.sent_at or now)).days,
            }
            for duty in duties
        ],
        "everything": everything,
        "second": second,
        "others": waiting(request.actor, everything=True).count() if not everything else 0,
        "second_count": waiting_for_second_look(request.actor).count() if not second else 0,
    }
    return render(request, "schedules/queue.html", context)

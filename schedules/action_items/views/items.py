"""One item: what is to be done, where it stands, what has happened."""

from django.http import HttpResponse
from django.shortcuts import render

from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_item

READ = ("GET", "HEAD")


@needs(P.ACTION_VIEW, methods=READ)
def item_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """What is to be done, by whom and when; both clocks, the lines, the timeline."""
    item = get_item(request.actor, pk)
    return render(
        request,
        "action_items/item_detail.html",
        {"item": item, "lines": item.lines.all(), "steps": item.steps.all()},
    )

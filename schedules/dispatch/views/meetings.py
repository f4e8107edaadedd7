"""One meeting: its agenda, who is called, what was concluded."""

from django.http import HttpResponse
from django.shortcuts import render

from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_meeting

READ = ("GET", "HEAD")


@needs(P.DISPATCH_VIEW, methods=READ)
def meeting_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """The agenda with its minutes, the state, who is called."""
    meeting = get_meeting(request.actor, pk)
    return render(request, "dispatch/meeting_detail.html", {"meeting": meeting})

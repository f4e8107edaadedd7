"""统一观摩: the route with its stops, and short notes by phone."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission as P

from ..access import get_stop, get_tour
from ..actions import tours
from ..enums import MeetingState
from ..forms import StopForm, TourNoteForm
from ..models import DispatchMeeting, TourNote, TourStop

READ, POST = ("GET", "HEAD"), ("POST",)


def _stop_form(request: PortalRequest, meeting: DispatchMeeting) -> StopForm:
    places = Organization.objects.active().filter(below(meeting.organization.path, itself=False))
    return StopForm(acts.typed(request), places=places.order_by("path"))


def _page(
    request: PortalRequest, meeting: DispatchMeeting, attempt: Any = None, at: int = 0
) -> HttpResponse:
    """The route: five queries, whatever its length."""
    actor = request.actor
    holds = actor.may_at(P.DISPATCH_EDIT, meeting.organization.path)
    notes: dict[int, list[TourNote]] = {}
    rows = TourNote.objects.filter(stop__meeting=meeting)
    if not holds:
        rows = rows.filter(written_by_id__in=actor.persons)
    for row in rows:
        notes.setdefault(row.stop_id, []).append(row)
    may_note = meeting.state in (MeetingState.CALLED, MeetingState.OPEN)
    stops: list[dict[str, Any]] = []
    for stop in meeting.stops.select_related("organization"):
        fresh = TourNoteForm(initial={"uid": uuid.uuid4()}, auto_id=f"id{stop.pk}_%s")
        form = attempt.form if at == stop.pk else fresh
        stops.append({"stop": stop, "notes": notes.get(stop.pk, []), "form": form})
    arranges = holds and meeting.is_to_come
    stop_form = None
    if arranges:
        is_stop = attempt is not None and not at
        places = Organization.objects.active().filter(
            below(meeting.organization.path, itself=False)
        )
        stop_form = attempt.form if is_stop else StopForm(places=places.order_by("path"))
    context = {
        "meeting": meeting,
        "stops": stops,
        "holds": holds,
        "arranges": arranges,
        "may_note": may_note,
        "stop_form": stop_form,
        "form": attempt.form if attempt else None,
        "refusal": attempt.conflict if attempt else "",
        "minutes": sum(one["stop"].minutes for one in stops),
    }
    status = attempt.status if attempt else 200
    return render(request, "dispatch/tour_detail.html", context, status=status)


@needs(P.DISPATCH_VIEW, methods=READ)
def tour_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """The route; for participants with their own notes, for the holder with all."""
    return _page(request, get_tour(request.actor, pk))


@needs(P.DISPATCH_EDIT, methods=POST)
def tour_stop_add(request: PortalRequest, pk: int) -> HttpResponse:
    """One more stop."""
    return acts.perform(
        request,
        load=lambda: get_tour(request.actor, pk, to_hold=True),
        form=lambda meeting: _stop_form(request, meeting),
        act=lambda attempt: tours.add_stop(
            meeting=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, stop: acts.said(request, "已加入路线。", "dispatch:tour-detail", pk),
        show=lambda attempt: _page(request, attempt.subject, attempt),
    )


def _page_of_stop(pk: int) -> str:
    found = TourStop.objects.filter(pk=pk).values_list("meeting_id", flat=True).first()
    return reverse("dispatch:tour-detail", args=[found]) if found else "/"


@needs(P.DISPATCH_EDIT, methods=POST, page=_page_of_stop)
def tour_stop_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes a stop off the route."""
    return acts.press(
        request,
        load=lambda: get_stop(request.actor, pk, to_hold=True),
        act=lambda stop: tours.remove_stop(stop=stop, by=request.actor),
        done=lambda stop, nothing: acts.said(
            request, "已移去。", "dispatch:tour-detail", stop.meeting_id
        ),
    )


@needs(P.DISPATCH_VIEW, methods=POST, page=_page_of_stop)
def tour_note(request: PortalRequest, pk: int) -> HttpResponse:
    """What a participant notes at a stop."""
    return acts.perform(
        request,
        load=lambda: get_stop(request.actor, pk),
        form=lambda stop: TourNoteForm(request.POST, auto_id=f"id{stop.pk}_%s"),
        act=lambda attempt: tours.note(stop=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, row: acts.said(
            request,
            "已记下。",
            f"{reverse('dispatch:tour-detail', args=[attempt.subject.meeting_id])}#stop{pk}",
        ),
        show=lambda attempt: _page(request, attempt.subject.meeting, attempt, pk),
    )

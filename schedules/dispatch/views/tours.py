"""统一观摩: the route with its stops, short notes by phone, and items made of them."""

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
from schedules.action_items.forms import HandForm
from schedules.action_items.models import ActionItem

from ..access import get_note, get_stop, get_tour
from ..actions import tours
from ..enums import MeetingState
from ..forms import StopForm, TourNoteForm
from ..models import DispatchMeeting, TourNote, TourStop

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")


def _stop_form(meeting: DispatchMeeting, data: Any = None) -> StopForm:
    places = Organization.objects.active().filter(below(meeting.organization.path, itself=False))
    return StopForm(data, places=places.order_by("path"))


def _notes(
    request: PortalRequest, meeting: DispatchMeeting, holds: bool
) -> dict[int, list[tuple[TourNote, bool]]]:
    """By stop, each note with whether its item is open to the actor: all for the holder, for others
    their own. Two queries at most."""
    actor = request.actor
    rows = TourNote.objects.filter(stop__meeting=meeting)
    if not holds:
        rows = rows.filter(written_by_id__in=actor.persons)
    rows = rows.select_related("item__issuer", "item__parent")
    is_open = ActionItem.objects.open_to(actor, (row.item_id for row in rows))
    notes: dict[int, list[tuple[TourNote, bool]]] = {}
    for row in rows:
        notes.setdefault(row.stop_id, []).append((row, row.item_id in is_open))
    return notes


def _page(
    request: PortalRequest, meeting: DispatchMeeting, attempt: Any = None, at: int = 0
) -> HttpResponse:
    """The route: six queries, whatever its length."""
    actor = request.actor
    holds = actor.may_at(P.DISPATCH_EDIT, meeting.organization.path)
    notes = _notes(request, meeting, holds)
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
        stop_form = attempt.form if is_stop else _stop_form(meeting)
    context = {
        "meeting": meeting,
        "stops": stops,
        "holds": holds,
        "arranges": arranges,
        "may_note": may_note,
        "may_hand": holds and P.ACTION_ISSUE in actor.permissions,
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
        form=lambda meeting: _stop_form(meeting, acts.typed(request)),
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


def _at_stop(stop: TourStop) -> str:
    return f"{reverse('dispatch:tour-detail', args=[stop.meeting_id])}#stop{stop.pk}"


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
            _at_stop(attempt.subject),
        ),
        show=lambda attempt: _page(request, attempt.subject.meeting, attempt, pk),
    )


@needs(P.ACTION_ISSUE, methods=FORM)
def tour_note_hand(request: PortalRequest, pk: int) -> HttpResponse:
    """Makes an item of what somebody noted."""

    def make(row: TourNote) -> HandForm:
        return HandForm.of_words(
            acts.typed(request),
            within=row.stop.meeting.organization,
            owner_id=row.stop.organization_id,
            text=row.text,
        )

    return acts.perform(
        request,
        load=lambda: get_note(request.actor, pk),
        form=make,
        act=lambda attempt: tours.hand(
            note=attempt.subject,
            owner=attempt.given["owner"],
            given=attempt.form.given,
            is_issued=attempt.given["is_issued"],
            by=request.actor,
        ),
        done=lambda attempt, item: acts.said(
            request, f"已转督办{item.number}。", _at_stop(attempt.subject.stop)
        ),
        show=lambda attempt: attempt.page(
            "dispatch/tour_note_hand.html",
            stop=attempt.subject.stop,
            meeting=attempt.subject.stop.meeting,
            back=_at_stop(attempt.subject.stop),
        ),
    )

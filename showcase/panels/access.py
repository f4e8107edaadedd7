"""Panels and one's own seats, fetched and authorised at once."""

import uuid

from django.http import Http404

from core.actor import Actor

from .models import Panel, PanelSeat


def get_panel(actor: Actor, uid: uuid.UUID) -> Panel:
    """A panel that the actor's organisation arranges. Raises Http404. One query."""
    rows = Panel.objects.visible_to(actor).select_related("organization", "judged")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_seat(actor: Actor, uid: uuid.UUID) -> PanelSeat:
    """One's own seat. Raises Http404 for another's, and once one judges no more. One query."""
    rows = PanelSeat.objects.visible_to(actor)
    found = rows.select_related("panel__organization", "panel__judged").filter(uid=uid).first()
    if found is None:
        raise Http404
    return found

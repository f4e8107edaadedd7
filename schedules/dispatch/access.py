"""Meetings and cards, fetched and authorised at once."""

from django.http import Http404

from core.actor import Actor

from .models import AgendaCard, DispatchMeeting


def get_meeting(actor: Actor, pk: int) -> DispatchMeeting:
    """The meeting, if the actor's organisations hold it or are called to it. Raises Http404."""
    found = (
        DispatchMeeting.objects.visible_to(actor)
        .select_related("organization", "series")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_card(actor: Actor, pk: int) -> AgendaCard:
    """A card of a meeting that the actor sees, or of a backlog that he may see. Raises Http404."""
    found = (
        AgendaCard.objects.visible_to(actor)
        .select_related("series__organization", "meeting__organization", "organization")
        .filter(pk=pk, is_removed=False)
        .first()
    )
    if found is None:
        raise Http404
    return found

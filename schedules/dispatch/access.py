"""Meetings and cards, fetched and authorised at once."""

from django.http import Http404

from core.actor import Actor
from orgs.permissions import Permission

from .models import AgendaCard, DispatchMeeting, Outcome


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


def may_record(actor: Actor, meeting: DispatchMeeting) -> bool:
    """Whether the actor keeps the minutes of the meeting, whatever state it is in. No query."""
    return actor.may_at(Permission.DISPATCH_EDIT, meeting.organization.path)


def get_agenda_card(actor: Actor, pk: int) -> tuple[AgendaCard, DispatchMeeting]:
    """A card that stands on the agenda of a meeting that the actor sees, and the meeting. Raises
    Http404."""
    card = get_card(actor, pk)
    if card.meeting is None:
        raise Http404
    return card, card.meeting


def get_outcome(actor: Actor, card_pk: int, pk: int) -> Outcome:
    """An outcome of a card on an agenda that the actor sees. Raises Http404."""
    card, _ = get_agenda_card(actor, card_pk)
    found = (
        Outcome.objects.filter(pk=pk, card=card, is_removed=False).select_related("item").first()
    )
    if found is None:
        raise Http404
    found.card = card
    return found

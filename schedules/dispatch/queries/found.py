"""What the search finds in meetings; which meetings are to come for somebody."""

from collections.abc import Collection

from django.db.models import Q

from core import clock
from core.actor import Actor
from schedules.action_items.enums import ActionState
from schedules.action_items.models import ActionItem

from ..enums import MeetingState
from ..models import AgendaCard, Attendance, DispatchMeeting, Outcome
from .agenda import MARK

LIMIT = 8


def meetings_found(actor: Actor, words: str) -> list[DispatchMeeting]:
    """Meetings that the actor sees whose title or place has all the words, newest first. One
    query."""
    condition = Q()
    for word in words.split():
        condition &= Q(title__icontains=word) | Q(place__icontains=word)
    return list(DispatchMeeting.objects.visible_to(actor).filter(condition)[:LIMIT])


def cards_found(actor: Actor, words: str) -> list[AgendaCard]:
    """Cards of such meetings, and topics of a backlog that the actor sees, newest first. One
    query."""
    condition = Q()
    for word in words.split():
        condition &= Q(title__icontains=word) | Q(note__icontains=word)
    return list(
        AgendaCard.objects.visible_to(actor)
        .filter(condition, is_removed=False)
        .select_related("meeting", "series")
        .order_by("-meeting__starts_at", "-pk")[:LIMIT]
    )


def meetings_to_come(actor: Actor) -> list[DispatchMeeting]:
    """Called meetings that have not begun, to which the actor or his own organisation is called.
    One query."""
    called = Attendance.objects.filter(
        Q(organization=actor.organization_id) | Q(user_id__in=actor.persons)
    )
    return list(
        DispatchMeeting.objects.visible_to(actor)
        .filter(
            state=MeetingState.CALLED,
            starts_at__gte=clock.now(),
            pk__in=called.values("meeting_id"),
        )
        .order_by("starts_at")
    )


def cards_of_marks(actor: Actor, marks: Collection[int]) -> dict[int, list[AgendaCard]]:
    """Mark on a report -> the cards that took it up, as far as the actor sees their meetings: who
    is not called hears nothing of an agenda. One query."""
    rows = (
        AgendaCard.objects.visible_to(actor)
        .on_agenda()
        .filter(origin__in=[f"{MARK}{pk}" for pk in marks])
        .select_related("meeting")
    )
    found: dict[int, list[AgendaCard]] = {}
    for card in rows:
        found.setdefault(int(card.origin.removeprefix(MARK)), []).append(card)
    return found


def items_of_marks(actor: Actor, marks: Collection[int]) -> dict[int, list[ActionItem]]:
    """Mark on a report -> the items that meetings gave out of it, as far as the actor sees them. One
    query."""
    seen = ActionItem.objects.visible_to(actor).exclude(state=ActionState.CANCELLED)
    rows = (
        Outcome.objects.filter(
            card__origin__in=[f"{MARK}{pk}" for pk in marks],
            card__is_removed=False,
            is_removed=False,
            item__in=seen,
        )
        .select_related("item", "card")
        .order_by("position", "pk")
    )
    found: dict[int, list[ActionItem]] = {}
    for row in rows:
        if row.item is not None:
            found.setdefault(int(row.card.origin.removeprefix(MARK)), []).append(row.item)
    return found

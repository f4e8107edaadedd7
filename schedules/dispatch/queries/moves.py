"""Where a card comes from and where it went: from one meeting of its series to a later one. What the
reader may not see is not named: the draft of a meeting is nobody's but its holder's."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.actor import Actor
from orgs.access import in_scope
from orgs.permissions import Permission

from ..models import AgendaCard, CardMove, DispatchMeeting

MOST_OFFERED = 6


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a card stands. `meeting` is None in the backlog, and where the reader may not see it."""

    meeting: DispatchMeeting | None
    is_waiting: bool = False  # in the backlog
    is_gone: bool = False  # taken away since


@dataclass(frozen=True, slots=True)
class Moved:
    """A card that was taken off an agenda before the meeting, and where it is now."""

    title: str
    at: dt.datetime
    now: Whereabouts


def later_meetings(actor: Actor, meeting: DispatchMeeting) -> list[DispatchMeeting]:
    """Meetings of the series after this one whose agendas the actor can still arrange, the next
    first, with what their cards take. One query."""
    rows = DispatchMeeting.objects.to_come().filter(in_scope(actor, Permission.DISPATCH_EDIT))
    later = rows.filter(series=meeting.series_id, starts_at__gt=meeting.starts_at)
    return list(later.with_counts().order_by("starts_at", "pk")[:MOST_OFFERED])


def sources_of(cards: Sequence[AgendaCard], actor: Actor) -> dict[int, DispatchMeeting]:
    """Card -> the meeting on whose agenda it stood before, or that it was copied from; without
    those that the actor does not see. Three queries."""
    found: dict[int, int] = {
        card: meeting
        for card, meeting in AgendaCard.objects.filter(copies__in=cards).values_list(
            "copies__pk", "meeting_id"
        )
        if meeting is not None
    }
    here = {card.pk: card.meeting_id for card in cards}
    moves = CardMove.objects.filter(card__in=cards).order_by("at", "pk")
    for card, meeting in moves.values_list("card_id", "meeting_id"):
        if meeting != here[card]:
            found[card] = meeting
    seen = _seen(found.values(), actor)
    return {card: seen[meeting] for card, meeting in found.items() if meeting in seen}


def copies_of(cards: Sequence[AgendaCard], actor: Actor) -> dict[int, Whereabouts]:
    """Card -> where its copy stands now, for those that have one. Two queries."""
    rows = AgendaCard.objects.filter(copied_from__in=cards, is_removed=False).order_by("pk")
    copies = {copy.copied_from_id: copy for copy in rows.only("copied_from", "meeting")}
    seen = _seen((copy.meeting_id for copy in copies.values()), actor)
    return {
        card: Whereabouts(seen.get(copy.meeting_id or 0), copy.meeting_id is None)
        for card, copy in copies.items()
        if card is not None
    }


def moved_from(meeting: DispatchMeeting, actor: Actor, *, keeps: bool) -> list[Moved]:
    """Cards that were taken off the meeting's agenda before it began and have not come back: all of
    them for who keeps it, for others those that stood there after it was called. Two queries."""
    rows = meeting.cards_moved.exclude(card__meeting=meeting).select_related("card")
    if not keeps:
        rows = rows.filter(at__gt=meeting.called_at) if meeting.called_at else rows.none()
    moves = list(rows)
    seen = _seen((one.card.meeting_id for one in moves), actor)
    return [
        Moved(
            one.title,
            one.at,
            Whereabouts(
                seen.get(one.card.meeting_id or 0),
                one.card.meeting_id is None and not one.card.is_removed,
                one.card.is_removed,
            ),
        )
        for one in moves
    ]


def _seen(keys: Iterable[int | None], actor: Actor) -> dict[int, DispatchMeeting]:
    """Those of the meetings that the actor sees. One query."""
    return DispatchMeeting.objects.visible_to(actor).in_bulk({key for key in keys if key})

"""What the room shows: a card among its neighbours, its outcomes, what closing will do."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from core import clock
from schedules.action_items.enums import ActionState
from schedules.action_items.models import ActionItem

from ..enums import OutcomeKind
from ..models import AgendaCard, DispatchMeeting, Outcome


@dataclass(frozen=True, slots=True)
class Standing:
    """A card of the agenda as the room shows it. `number` counts from 1."""

    card: AgendaCard
    number: int
    total: int
    before: AgendaCard | None
    after: AgendaCard | None
    running: AgendaCard | None
    outcomes: Sequence[Outcome]

    @property
    def seconds_used(self) -> int:
        """What the card has taken until now."""
        return self.card.seconds_used(clock.now())


def agenda_of(meeting: DispatchMeeting) -> list[AgendaCard]:
    """Its cards in the order of the agenda, section after section. One query."""
    return list(
        AgendaCard.objects.on_agenda().filter(meeting=meeting).select_related("organization")
    )


def first_shown(cards: Sequence[AgendaCard]) -> AgendaCard | None:
    """The card that the meeting is at: the one that runs, else the first that was not begun, else
    the one that was begun last. No query."""
    running = next((card for card in cards if card.running_since), None)
    fresh = next((card for card in cards if not card.began_at and not card.is_deferred), None)
    begun = [(card.began_at, card.pk, card) for card in cards if card.began_at]
    return running or fresh or (max(begun)[2] if begun else next(iter(cards), None))


def concluded(meeting: DispatchMeeting) -> dict[str, int]:
    """How many outcomes of each kind the meeting has; kinds without any are missing. One query."""
    rows = Outcome.objects.filter(card__meeting=meeting, is_removed=False)
    return dict(rows.order_by().values_list("kind").annotate(Count("pk")))


def outcomes_of(cards: Sequence[AgendaCard]) -> dict[int, list[Outcome]]:
    """The outcomes of the cards, by card, in their order, each with its item and the owners of its
    parts. Two queries, three with items."""
    found: dict[int, list[Outcome]] = {}
    rows = (
        Outcome.objects.filter(card__in=cards, is_removed=False)
        .select_related("item__owner", "item__issuer")
        .prefetch_related("item__children__owner")
        .order_by("position", "pk")
    )
    for row in rows:
        found.setdefault(row.card_id, []).append(row)
    return found


def standing(cards: Sequence[AgendaCard], card: AgendaCard) -> Standing:
    """The card among the others of its agenda. Two queries, three with items."""
    place = next(at for at, one in enumerate(cards) if one.pk == card.pk)
    shown = cards[place]
    return Standing(
        card=shown,
        number=place + 1,
        total=len(cards),
        before=cards[place - 1] if place else None,
        after=cards[place + 1] if place + 1 < len(cards) else None,
        running=next((one for one in cards if one.running_since), None),
        outcomes=outcomes_of([shown]).get(shown.pk, []),
    )


def drafted_in(meeting: DispatchMeeting) -> QuerySet[ActionItem]:
    """The items that were typed in the meeting and will be given out when it closes."""
    return ActionItem.objects.filter(
        state=ActionState.DRAFT,
        outcomes__card__meeting=meeting,
        outcomes__kind=OutcomeKind.NEW_ITEM,
        outcomes__is_removed=False,
    ).order_by("serial")


def reached_by(meeting: DispatchMeeting) -> int:
    """How many organisations something is given to when it closes. One query."""
    given = drafted_in(meeting).order_by().values("pk")
    parts = ActionItem.objects.filter(Q(parent__in=given) | Q(pk__in=given, children=None))
    return parts.order_by().values("owner").distinct().count()

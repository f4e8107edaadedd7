"""A meeting as its minutes tell it: what was concluded, who came, what was corrected since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from core.actor import Actor
from orgs.permissions import Permission
from schedules.action_items.enums import ActionState
from schedules.action_items.models import ActionItem

from ..enums import CardState, MeetingState, OutcomeKind, Presence
from ..models import AgendaCard, Amendment, Attendance, DispatchMeeting, Outcome, TourStop
from .moves import Moved, Whereabouts, copies_of, moved_from, sources_of
from .room import agenda_of, outcomes_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A card with what was concluded on it, its corrections, the meeting that it comes from and
    where a copy of it went, both as far as the reader may hear of them."""

    number: int
    card: AgendaCard
    outcomes: Sequence[Outcome]
    amendments: Sequence[Amendment]
    state: CardState = CardState.WAITING
    source: DispatchMeeting | None = None
    copy: Whereabouts | None = None


@dataclass(frozen=True, slots=True)
class Minutes:
    """The whole. `seen` are the items that the reader may open."""

    meeting: DispatchMeeting
    entries: Sequence[Entry]
    attendances: Sequence[Attendance]
    amendments: Sequence[Amendment] = ()
    moved: Sequence[Moved] = ()  # taken off the agenda before it began
    seen: Collection[int] = field(default_factory=set)
    # Of a tour: its route, and what was given out of the notes, as far as the reader may open it: the
    # notes themselves are in no minutes.
    stops: Sequence[TourStop] = ()
    of_notes: Sequence[ActionItem] = ()

    def came(self, *presences: Presence) -> list[Attendance]:
        """Those that were noted so. A post that was vacant is nobody."""
        return [one for one in self.attendances if one.presence in presences and one.person_name]

    @property
    def called(self) -> int:
        """How many people were called."""
        return sum(bool(one.person_name) for one in self.attendances)

    def count(self, *kinds: OutcomeKind) -> int:
        """How many outcomes are of these kinds."""
        return sum(one.kind in kinds for entry in self.entries for one in entry.outcomes)

    @property
    def items(self) -> list[ActionItem]:
        """The new items, in the order in which they were given; none that was cancelled."""
        return [
            one.item
            for entry in self.entries
            for one in entry.outcomes
            if one.kind == OutcomeKind.NEW_ITEM
            and one.item is not None
            and one.item.state != ActionState.CANCELLED
        ]


def state_of(card: AgendaCard, meeting: DispatchMeeting, *, has_outcomes: bool) -> CardState:
    """How far the card of the meeting has come. No query."""
    if card.is_deferred:
        return CardState.DEFERRED
    if card.running_since is not None:
        return CardState.RUNNING
    if card.began_at is not None or has_outcomes:
        return CardState.DISCUSSED
    return CardState.LEFT if meeting.state == MeetingState.CLOSED else CardState.WAITING


def minutes_of(meeting: DispatchMeeting, actor: Actor) -> Minutes:
    """The minutes as the actor may read them. Fourteen queries, however many cards; sixteen of a
    tour."""
    cards = agenda_of(meeting)
    outcomes = outcomes_of(cards)
    amended: dict[int | None, list[Amendment]] = {}
    for one in meeting.amendments.all():
        amended.setdefault(one.card_id, []).append(one)
    ids = {one.item_id for rows in outcomes.values() for one in rows}
    stops: list[TourStop] = []
    of_notes: list[ActionItem] = []
    if meeting.is_tour:
        stops = list(meeting.stops.select_related("organization"))
        items = ActionItem.objects.visible_to(actor).filter(tour_notes__stop__meeting=meeting)
        items = items.exclude(state__in=(ActionState.DRAFT, ActionState.CANCELLED))
        of_notes = list(items.select_related("owner", "issuer").order_by("year", "serial"))
    sources, copies = sources_of(cards, actor), copies_of(cards, actor)
    keeps = actor.may_at(Permission.DISPATCH_EDIT, meeting.organization.path)
    return Minutes(
        meeting=meeting,
        entries=[
            Entry(
                number,
                card,
                outcomes.get(card.pk, []),
                amended.get(card.pk, []),
                state_of(card, meeting, has_outcomes=card.pk in outcomes),
                sources.get(card.pk),
                copies.get(card.pk),
            )
            for number, card in enumerate(cards, start=1)
        ],
        attendances=list(meeting.attendances.select_related("organization").order_by("pk")),
        amendments=amended.get(None, []),
        moved=moved_from(meeting, actor, keeps=keeps),
        seen=ActionItem.objects.open_to(actor, ids),
        stops=stops,
        of_notes=of_notes,
    )

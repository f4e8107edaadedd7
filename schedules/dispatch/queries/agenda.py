"""An agenda as it is looked at: its parts, the clock of each card, how it would fit; the backlog."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from core.actor import Actor
from schedules.rounds.models import ReportMark

from ..enums import Section
from ..models import AgendaCard, DispatchMeeting, MeetingSeries

AUTO = "auto:"
"""How the origin begins of what the agenda found by itself."""
MARK = "mark:"
"""How the origin begins of what was marked in a report."""
MANY_TIMES = 2  # put off more often than this, a card says why


@dataclass(slots=True)
class Slot:
    """A card on its place: from when to when, and what is odd about it."""

    card: AgendaCard
    number: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    is_late: bool = False  # it ends when the meeting should be over
    is_long: bool = False  # longer than one may speak
    is_first: bool = False
    is_last: bool = False
    source: DispatchMeeting | None = None  # on whose agenda it stood before


@dataclass(slots=True)
class Part:
    """One section with its cards."""

    section: Section
    slots: list[Slot] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        """What they take together."""
        return sum(slot.card.minutes for slot in self.slots)


class Cut(StrEnum):
    """How an agenda is made shorter."""

    SHORTEN = "shorten"
    DEFER = "defer"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One card less, or shorter, and what that saves."""

    cut: Cut
    slot: Slot
    saves: int
    minutes: int = 0  # what remains of a card that is shortened


@dataclass(slots=True)
class Agenda:
    """All cards of a meeting in their order."""

    meeting: DispatchMeeting
    parts: list[Part]

    @property
    def slots(self) -> list[Slot]:
        """All cards, in their order."""
        return [slot for part in self.parts for slot in part.slots]

    @property
    def total(self) -> int:
        """Minutes together."""
        return sum(part.minutes for part in self.parts)

    @property
    def over(self) -> int:
        """Minutes beyond what the meeting may last; 0 where it fits."""
        return max(0, self.total - self.meeting.cap_minutes)

    @property
    def free(self) -> int:
        """Minutes that are left; 0 where it does not fit."""
        return max(0, self.meeting.cap_minutes - self.total)


def agenda_of(meeting: DispatchMeeting) -> Agenda:
    """The meeting's agenda. One query."""
    cards = AgendaCard.objects.on_agenda().filter(meeting=meeting).select_related("organization")
    parts: dict[str, Part] = {section.value: Part(section) for section in Section}
    at, end = meeting.starts_at, meeting.ends_at
    for number, card in enumerate(cards, 1):
        until = at + dt.timedelta(minutes=card.minutes)
        is_long = not card.is_chair and card.minutes > meeting.speech_minutes
        slots = parts[card.section].slots
        slots.append(Slot(card, number, at, until, until > end, is_long))
        at = until
    for part in parts.values():
        if part.slots:
            part.slots[0].is_first = part.slots[-1].is_last = True
    return Agenda(meeting, [part for part in parts.values() if part.slots])


def suggestions(agenda: Agenda) -> list[Suggestion]:
    """How to come within the time, at most three: first what is longer than one may speak, then
    the last of the highlights, the last of the exceptions. No query."""
    left = agenda.over
    found: list[Suggestion] = []
    if not left:
        return found
    speech = agenda.meeting.speech_minutes
    for slot in sorted(agenda.slots, key=lambda one: -one.card.minutes):
        if slot.is_long and left > 0 and len(found) < 3:
            saves = slot.card.minutes - speech
            found.append(Suggestion(Cut.SHORTEN, slot, saves, speech))
            left -= saves
    by_section = {part.section: part.slots for part in agenda.parts}
    later = [
        *reversed(by_section.get(Section.HIGHLIGHTS, [])),
        *reversed(by_section.get(Section.EXCEPTIONS, [])),
    ]
    shortened = {one.slot.number for one in found}
    for slot in later:
        if left <= 0 or len(found) >= 3:
            break
        if slot.number in shortened or slot.card.deferred_count >= MANY_TIMES:
            continue
        found.append(Suggestion(Cut.DEFER, slot, slot.card.minutes))
        left -= slot.card.minutes
    return found


class Waiting(StrEnum):
    """Where a topic of the backlog comes from."""

    PROPOSED = "proposed"
    MARKED = "marked"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True)
class Topic:
    """One line of the backlog: a card that stands on no agenda, or a mark on a report."""

    waiting: Waiting
    key: str  # what is posted to place it
    title: str
    minutes: int
    card: AgendaCard | None = None
    mark: ReportMark | None = None


def backlog_of(actor: Actor, series: MeetingSeries) -> list[Topic]:
    """What waits for a meeting of the series: what was put off first, then what was proposed, then
    what was marked in reports and stands nowhere yet. Three queries."""
    rows = list(
        series.cards.backlog()
        .select_related("proposer", "organization", "copied_from__meeting")
        .order_by("-deferred_count", "proposed_at", "pk")
    )
    found = [
        Topic(
            Waiting.DEFERRED if card.deferred_count else Waiting.PROPOSED,
            f"card:{card.pk}",
            card.title,
            card.minutes,
            card=card,
        )
        for card in rows
    ]
    return found + [
        Topic(Waiting.MARKED, f"{MARK}{mark.pk}", mark.text, MARK_MINUTES, mark=mark)
        for mark in marks_waiting(actor, series)
    ]


MARK_MINUTES = 5


def marks_waiting(actor: Actor, series: MeetingSeries) -> list[ReportMark]:
    """What the holder has marked 列入调度 and no card has taken up yet. Two queries."""
    taken = set(
        AgendaCard.objects.filter(
            series__organization=series.organization_id,
            origin__startswith=MARK,
            is_removed=False,
        ).values_list("origin", flat=True)
    )
    rows = (
        ReportMark.objects.visible_to(actor)
        .for_dispatch()
        .of_committee(series.organization_id)
        .select_related("organization", "item", "report")
        .order_by("-marked_at", "-pk")
    )
    return [mark for mark in rows if f"{MARK}{mark.pk}" not in taken]

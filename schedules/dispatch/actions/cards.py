"""Cards of agendas and of the backlog: added, written, arranged, moved and copied."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import MeetingState, Section, Topic
from ..models import AgendaCard, CardMove, DispatchMeeting, MeetingSeries
from ..models.agenda import AgendaCardQuerySet
from ..queries.agenda import AUTO, MANY_TIMES
from . import rights, telling

LONGEST = 240
MOST_CARDS = 60


@dataclass(frozen=True, slots=True)
class Content:
    """What a card says. `facts`, `figures` and `chart` as the model describes them."""

    section: str
    topic: str
    title: str
    minutes: int = 5
    note: str = ""
    speaker_name: str = ""
    organization: Organization | None = None
    is_chair: bool = False
    origin: str = ""
    facts: Sequence[dict[str, str]] = field(default_factory=list)
    figures: Sequence[dict[str, str]] = field(default_factory=list)
    chart: dict[str, Any] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """The fields of the card, put right. Raises DomainError for what no card can say."""
        title = clean(self.title)
        if len(title) < 2:
            raise DomainError("请写议题。", field="title")
        _check_minutes(self.minutes)
        return {
            "section": Section(self.section),
            "topic": Topic(self.topic),
            "title": title[:100],
            "note": clean(self.note)[:500],
            "speaker_name": clean(self.speaker_name)[:50],
            "organization": self.organization,
            "minutes": self.minutes,
            "is_chair": self.is_chair,
            "origin": self.origin,
            "facts": list(self.facts),
            "figures": list(self.figures),
            "chart": self.chart,
            "as_of": clock.now() if self.figures or self.facts else None,
        }


@action
def add(
    *, meeting: DispatchMeeting, content: Content, by: Actor, is_typed: bool = False
) -> AgendaCard:
    """A card at the end of its section of the agenda. What has the `origin` of one that stands
    there is that one; what a person has typed (`is_typed`) is refused the second time. Raises
    NotAllowed, MovedOn or DomainError."""
    meeting = _to_arrange(meeting, by)
    present = AgendaCard.objects.on_agenda().filter(meeting=meeting)
    if content.origin and (same := present.filter(origin=content.origin).first()):
        return same
    if present.count() >= MOST_CARDS:
        raise DomainError(f"一次会最多 {MOST_CARDS} 个议题。")
    if is_typed:
        _expect_another(present, content, "刚刚加过同样的议题。")
    try:
        with transaction.atomic():
            card = AgendaCard.objects.create(
                series=meeting.series, meeting=meeting, position=_end(meeting), **content.values()
            )
    except IntegrityError as error:
        raise Conflict("这个议题已经在议程上。") from error
    telling.note(card, "dispatch.card.add", meeting=meeting, by=by)
    return card


@action
def propose(*, series: MeetingSeries, content: Content, by: Actor) -> AgendaCard:
    """A committee proposes a topic for the meetings held above it, or the holder keeps one for
    later. Raises NotAllowed or DomainError."""
    if not MeetingSeries.objects.open_to(by).filter(pk=series.pk).exists():
        raise NotAllowed("不能向这个系列提议题。")
    # Two who propose at once go one after the other: the same topic comes once.
    series = MeetingSeries.objects.select_for_update(of=("self",)).get(pk=series.pk)
    place = Organization.objects.get(pk=by.organization_id or 0)
    values = content.values()
    if content.origin:
        same = series.cards.filter(
            origin=content.origin, is_removed=False, copied_from=None
        ).first()
        if same is not None:
            return same
    own = series.cards.backlog().filter(proposer=place)
    _expect_another(own, content, "刚刚提过同样的议题，还在备选里。")
    card = AgendaCard.objects.create(
        series=series,
        proposer=place,
        proposed_by_name=by.name[:100],
        proposed_at=clock.now(),
        **values | {"organization": content.organization or place},
    )
    telling.note(card, "dispatch.card.add", by=by)
    return card


@action
def edit(*, card: AgendaCard, content: Content, revision: int, by: Actor) -> AgendaCard:
    """Writes a card anew; the numbers that it carries stay. Raises NotAllowed, MovedOn, Stale or
    DomainError."""
    _expect_keeper(card, by)
    values = content.values()
    for name in ("facts", "figures", "chart", "origin", "as_of"):
        values.pop(name)
    AgendaCard.machine.move(card, "edit", revision=revision, is_written=True, **values)
    telling.note(card, "dispatch.card.edit", meeting=card.meeting, by=by)
    return card


@action
def set_minutes(*, card: AgendaCard, minutes: int, by: Actor) -> AgendaCard:
    """How long a card may take. Of two who change it at once the later holds. Raises NotAllowed,
    MovedOn or DomainError."""
    _check_minutes(minutes)
    before = card.minutes
    if before == minutes and _keeps(card, by):
        return card  # pressed twice
    _expect_keeper(card, by)
    before = _under_lock(card).minutes
    if before == minutes:
        return card
    AgendaCard.machine.move(card, "edit", minutes=minutes)
    telling.note(
        card,
        "dispatch.card.edit",
        meeting=card.meeting,
        by=by,
        changes={"minutes": [before, minutes]},
    )
    return card


@action
def remove(*, card: AgendaCard, by: Actor, revision: int | None = None) -> AgendaCard:
    """Takes a card away for good. Raises NotAllowed, MovedOn or Stale."""
    _expect_keeper(card, by)
    AgendaCard.machine.move(card, "remove", revision=revision, is_removed=True)
    telling.note(card, "dispatch.card.remove", meeting=card.meeting, by=by)
    return card


@action
def arrange(*, meeting: DispatchMeeting, order: Sequence[int], by: Actor) -> int:
    """Puts the cards of the agenda in this order; those not named come after, as they stood.
    Returns how many stand elsewhere now. Five queries. Raises NotAllowed or MovedOn."""
    held = rights.locked(meeting.pk)
    _expect_holder(held, by)
    DispatchMeeting.machine.expect(held, "arrange")
    moved = _put(held, order, by)
    if moved:
        DispatchMeeting.machine.move(held, "arrange")
    return moved


def _put(meeting: DispatchMeeting, order: Sequence[int], by: Actor) -> int:
    """As `arrange`, where the meeting is held already."""
    cards = list(
        AgendaCard.objects.on_agenda().filter(meeting=meeting).select_for_update(of=("self",))
    )
    wanted = {pk: place for place, pk in enumerate(order)}
    last = len(wanted)
    arranged = sorted(cards, key=lambda card: (wanted.get(card.pk, last), card.position, card.pk))
    sections = list(Section)
    arranged.sort(key=lambda card: sections.index(Section(card.section)))
    moved = []
    for place, card in enumerate(arranged, start=1):
        if card.position != place:
            card.position = place
            moved.append(card)
    AgendaCard.objects.bulk_update(moved, ["position"])
    if moved:
        telling.note(
            meeting,
            "dispatch.card.arrange",
            meeting=meeting,
            by=by,
            changes={"position": [None, len(moved)]},
        )
    return len(moved)


@action
def shift(*, card: AgendaCard, steps: int, by: Actor) -> int:
    """Moves a card up (negative) or down within its section, as by its buttons."""
    meeting = _meeting_of(card)
    _expect_holder(meeting, by)
    rows = list(AgendaCard.objects.on_agenda().filter(meeting=meeting, section=card.section))
    order = [row.pk for row in rows]
    if card.pk not in order:
        return 0
    place = order.index(card.pk)
    wanted = max(0, min(len(order) - 1, place + steps))
    if wanted == place:
        return 0
    order.insert(wanted, order.pop(place))
    DispatchMeeting.machine.move(meeting, "arrange")
    return _put(meeting, order, by)


@action
def place(*, card: AgendaCard, meeting: DispatchMeeting, by: Actor) -> AgendaCard:
    """A topic of the backlog comes onto the agenda. Of two who place it at once one does. Raises
    NotAllowed, MovedOn, Conflict or DomainError."""
    meeting = _to_arrange(meeting, by)
    if card.series_id != meeting.series_id:
        raise DomainError("这个议题属于另一个系列。")
    held = AgendaCard.objects.select_for_update(of=("self",)).get(pk=card.pk)
    if held.meeting_id is not None or held.is_removed:
        raise Conflict("这个议题已经列入议程，或已经移去。")
    _put_on(held, "place", meeting)
    telling.note(held, "dispatch.card.place", meeting=meeting, by=by)
    return held


@action
def defer(
    *,
    card: AgendaCard,
    by: Actor,
    revision: int | None = None,
    reason: str = "",
    to: DispatchMeeting | None = None,
) -> AgendaCard:
    """Puts a card off: onto the agenda of the later meeting `to`, or to the backlog. Before the
    meeting the card itself goes; during it a copy does, so that these minutes stay whole. Returns
    the card that went.

    Raises NotAllowed, MovedOn (also when `to` is not to come any more), Stale, Conflict when the
    card has gone meanwhile, or DomainError when it has been put off twice and no reason is given.
    """
    meeting, later_one = _held_both(card, to)
    _expect_holder(meeting, by)
    card = _under_lock(card)
    if card.meeting_id != meeting.pk or card.is_removed:
        raise Conflict("这个议题已经不在这次会议的议程上。")
    later = card.copies.filter(is_removed=False).first() if card.is_deferred else None
    if later is not None and revision is None:
        return later  # pressed twice; from an older page with a reason of its own it is stale
    if later_one is not None:
        _expect_later(meeting, later_one, by)
    reason = clean(reason)
    if card.deferred_count >= MANY_TIMES and len(reason) < 2:
        raise DomainError("已经顺延两次，再顺延要写理由。", field="reason")
    if meeting.state == MeetingState.OPEN:
        DispatchMeeting.machine.move(meeting, "record")
        AgendaCard.machine.move(card, "defer", revision=revision, is_deferred=True)
        if card.running_since is not None:
            rest(meeting=meeting)
        later = _copied(card, later_one, by, is_deferred=True)
    else:
        DispatchMeeting.machine.move(meeting, "arrange")
        CardMove.objects.update_or_create(
            card=card, meeting=meeting, defaults={"title": card.title, "at": clock.now()}
        )
        count = card.deferred_count + 1
        _put_on(card, "defer", later_one, revision=revision, deferred_count=count)
        later = card
    there = str(later.meeting) if later.meeting is not None else "备选议题"
    changes = {"meeting": [str(meeting), there]}
    telling.note(card, "dispatch.card.defer", meeting=meeting, by=by, text=reason, changes=changes)
    return later


@action
def copy_on(*, card: AgendaCard, meeting: DispatchMeeting | None, by: Actor) -> AgendaCard:
    """A copy of the card for a meeting to come, or for the backlog; the card stays where it is.
    Told again, it is the copy that there is; one that waits in the backlog comes onto the agenda of
    `meeting`. Raises NotAllowed, MovedOn, Conflict or DomainError."""
    held, later_one = _held_both(card, meeting)
    _expect_holder(held, by)
    if later_one is not None:
        _expect_later(held, later_one, by)
    if held.state == MeetingState.OPEN:
        DispatchMeeting.machine.move(held, "record")  # its room says that there is a copy
    return _copied(card, later_one, by)


def _held_both(
    card: AgendaCard, to: DispatchMeeting | None
) -> tuple[DispatchMeeting, DispatchMeeting | None]:
    """The card's meeting, and the one where it shall go; both locked. Raises DomainError for a card
    of the backlog."""
    if card.meeting_id is None:
        raise DomainError("这个议题还没有列入议程。")
    if to is None:
        return rights.locked(card.meeting_id), None
    held = rights.locked_together(card.meeting_id, to.pk)
    return held[card.meeting_id], held[to.pk]


def _expect_later(meeting: DispatchMeeting, later: DispatchMeeting, by: Actor) -> None:
    """Whether a card of the meeting can come onto the agenda of that other one, which moves on.
    Raises NotAllowed, MovedOn or DomainError."""
    if later.series_id != meeting.series_id or later.starts_at <= meeting.starts_at:
        raise DomainError("只能改到这个系列以后的会。", field="to")
    _expect_holder(later, by)
    DispatchMeeting.machine.move(later, "arrange")
    if AgendaCard.objects.on_agenda().filter(meeting=later).count() >= MOST_CARDS:
        raise DomainError(f"“{later}”已有 {MOST_CARDS} 个议题，请另选。", field="to")


def _put_on(card: AgendaCard, act: str, meeting: DispatchMeeting | None, **more: Any) -> None:
    """Moves the card to the end of the meeting's agenda, or into the backlog. Raises Stale, or
    Conflict where the same stands on that agenda already."""
    place = _end(meeting) if meeting is not None else 0
    try:
        with transaction.atomic():
            AgendaCard.machine.move(card, act, meeting=meeting, position=place, **more)
    except IntegrityError as error:
        raise Conflict("这个议题已经在那次会的议程上。") from error


def _copied(
    card: AgendaCard, meeting: DispatchMeeting | None, by: Actor, *, is_deferred: bool = False
) -> AgendaCard:
    copies = card.copies.select_for_update(of=("self",))  # joined rows would be older than the lock
    present = copies.filter(is_removed=False).first()
    if present is not None:
        return _brought(present, meeting, by)
    copy = _copy_of(card, is_deferred=is_deferred)
    if meeting is not None:
        copy.meeting, copy.position = meeting, _end(meeting)
    try:
        with transaction.atomic():
            copy.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("这个议题已经在那次会的议程上。") from error
    telling.note(copy, "dispatch.card.copy", meeting=card.meeting, by=by)
    return copy


def _brought(copy: AgendaCard, meeting: DispatchMeeting | None, by: Actor) -> AgendaCard:
    """The copy that there is, on the agenda of the meeting where one is asked for. Raises Conflict
    when it stands on another."""
    if meeting is None or copy.meeting_id == meeting.pk:
        return copy
    if copy.meeting_id is not None:
        raise Conflict(f"这个议题已有一份在“{copy.meeting}”的议程上。")
    _put_on(copy, "place", meeting)
    telling.note(copy, "dispatch.card.place", meeting=meeting, by=by)
    return copy


_COPIED = (
    *("section", "topic", "title", "note", "facts", "figures", "chart", "as_of", "origin"),
    *("series_id", "organization_id", "speaker_name", "minutes", "is_chair"),
    *("proposer_id", "proposed_by_name", "proposed_at"),
)


def _copy_of(card: AgendaCard, *, is_deferred: bool) -> AgendaCard:
    return AgendaCard(
        copied_from=card,
        deferred_count=card.deferred_count + int(is_deferred),
        **{name: getattr(card, name) for name in _COPIED},
    )


def carry_over(*, meeting: DispatchMeeting) -> int:
    """Copies the cards that the meeting did not come to into the backlog, within the action that
    closes it; returns how many. Two queries."""
    left = (
        AgendaCard.objects.not_come_to().filter(meeting=meeting).exclude(copies__is_removed=False)
    )
    copies = [_copy_of(card, is_deferred=True) for card in left]
    return len(AgendaCard.objects.bulk_create(copies, batch_size=500))


@action
def begin(*, card: AgendaCard, by: Actor) -> AgendaCard:
    """The meeting comes to this card: its time runs, that of the card before stands. Come back to,
    it goes on from what it had taken; pressed twice, nothing happens. Raises NotAllowed or
    MovedOn."""
    meeting = _meeting_of(card)
    _expect_holder(meeting, by)
    DispatchMeeting.machine.expect(meeting, "record")
    if run(card=card, meeting=meeting, by=by):
        DispatchMeeting.machine.move(meeting, "record")
    return card


def run(*, card: AgendaCard, meeting: DispatchMeeting, by: Actor) -> bool:
    """As `begin`, within an action that holds the meeting, in progress; returns whether it began."""
    card.refresh_from_db(fields=["began_at", "running_since", "is_removed"])
    if card.running_since is not None or card.is_removed:
        return False
    rest(meeting=meeting)
    now = clock.now()
    AgendaCard.machine.move(card, "begin", began_at=card.began_at or now, running_since=now)
    telling.note(card, "dispatch.card.begin", meeting=meeting, by=by)
    return True


def rest(*, meeting: DispatchMeeting) -> None:
    """Stops the time of the card that the meeting is at, within the running action. The caller
    holds the meeting's row."""
    now = clock.now()
    for card in AgendaCard.objects.filter(meeting=meeting).exclude(running_since=None):
        AgendaCard.machine.move(
            card, "rest", spent_seconds=card.seconds_used(now), running_since=None
        )


def release(*, meeting: DispatchMeeting) -> int:
    """Gives the cards of a meeting that is not held back to the backlog, within the running
    action; those that the agenda found by itself go, as the next one finds its own."""
    cards = AgendaCard.objects.on_agenda().filter(meeting=meeting)
    own = cards.filter(origin__startswith=f"{AUTO}{meeting.period}:")  # not what came from before
    AgendaCard.machine.move_many(own, "remove", is_removed=True)
    return AgendaCard.machine.move_many(cards, "place", meeting=None, position=0)


def _expect_another(rows: AgendaCardQuerySet, content: Content, refusal: str) -> None:
    """A second press is no second card. Raises DomainError."""
    if not content.origin and rows.filter(title=clean(content.title)[:100]).exists():
        raise DomainError(refusal, field="title")


def _check_minutes(minutes: int) -> None:
    if not 1 <= minutes <= LONGEST:
        raise DomainError(f"请填 1 到 {LONGEST} 分钟。", field="minutes")


def _end(meeting: DispatchMeeting) -> int:
    last = meeting.cards.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _meeting_of(card: AgendaCard) -> DispatchMeeting:
    """The card's meeting, locked. Raises DomainError for a card of the backlog."""
    if card.meeting_id is None:
        raise DomainError("这个议题还没有列入议程。")
    return rights.locked(card.meeting_id)


def _under_lock(card: AgendaCard) -> AgendaCard:
    """The card as it is stored, read after the lock has been taken. One query."""
    return AgendaCard.objects.select_related(
        "series__organization", "meeting", "organization", "proposer"
    ).get(pk=card.pk)


def _to_arrange(meeting: DispatchMeeting, by: Actor) -> DispatchMeeting:
    """The meeting, locked, while its agenda can be arranged. Raises NotAllowed or MovedOn."""
    held = rights.locked(meeting.pk)
    _expect_holder(held, by)
    DispatchMeeting.machine.move(held, "arrange")
    return held


def _expect_holder(meeting: DispatchMeeting, by: Actor) -> None:
    rights.expect_holder(meeting.organization, by, "议程由召集单位安排。")


def _keeps(card: AgendaCard, by: Actor) -> bool:
    return by.may_at(Permission.DISPATCH_EDIT, card.series.organization.path)


def _expect_keeper(card: AgendaCard, by: Actor) -> None:
    """Whoever holds the meeting, while it can be arranged or is held; of a topic that nobody has
    placed yet also who proposed it. Raises NotAllowed or MovedOn."""
    if card.meeting_id is None:
        holds = _keeps(card, by)
        theirs = card.proposer_id is not None and card.proposer_id == by.organization_id
        if not holds and not (theirs and by.may(Permission.DISPATCH_PROPOSE)):
            raise NotAllowed("备选议题由提出单位或召集单位修改。")
        return
    meeting = _meeting_of(card)
    _expect_holder(meeting, by)
    is_open = meeting.state == MeetingState.OPEN
    DispatchMeeting.machine.move(meeting, "record" if is_open else "arrange")

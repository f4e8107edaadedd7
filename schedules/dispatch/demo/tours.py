"""Tours of three stops: some that are over, with what participants noted, and one to come."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from core import periods
from core.demo import Seeding
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.models import Organization
from schedules.action_items.demo.course import Rows
from schedules.action_items.demo.items import Items
from schedules.rounds.queries.calendar import load

from ..actions.meetings import POSTS
from ..actions.tours import SOURCE
from ..enums import MeetingForm, MeetingState, OutcomeKind, Presence, Section, Topic
from ..models import (
    AgendaCard,
    Attendance,
    DispatchMeeting,
    MeetingSeries,
    Outcome,
    TourNote,
    TourStop,
)
from ..queries.called import called_by_posts
from . import phrases
from .draws import heads_of
from .visits import insert_born, link_of, write_numbers

NAME = "全区党建工作统一观摩"
PLACE = "管委会北门集合，乘车前往"
EVERY, NEWEST = 8, 2  # months between two; how long ago the newest was
HELD_ON = 12  # the working day of the month
BEGINS, FIRST, APART, STAYS = dt.time(8, 30), dt.time(9), 50, 25  # minutes
STOPS = 3
TO_COME = 5  # working days ahead
NIL = uuid.UUID("2f2f7c55-84a8-4d92-8f39-0d7e6f7b3c11")
DECIDED = "各单位一周内组织学习观摩点的做法，定下自己先学的一条，下月调度会上说进展。"


@dataclass
class _Tour:
    """One tour, with what is to be inserted of it."""

    meeting: DispatchMeeting
    stops: list[TourStop] = field(default_factory=list)
    notes: list[TourNote] = field(default_factory=list)
    born: list[tuple[TourNote, Rows]] = field(default_factory=list)


def build(seeding: Seeding) -> Mapping[str, int]:
    """The tours of the recent months, and the one to come."""
    tours = _Tours(seeding)
    seeding.keep(tours)
    if seeding.is_again:
        return {}
    write_numbers(seeding)
    for month in reversed(seeding.recent):
        if month in tours.of_month:
            _insert(seeding, tours.of_month[month])
    if tours.to_come is not None:
        _insert(seeding, tours.to_come)
    return {"tours": DispatchMeeting.objects.filter(form=MeetingForm.OBSERVATION_TOUR).count()}


def fill(seeding: Seeding, month: str) -> None:
    """The tour of one older month, unless it is there."""
    tour = seeding.of(_Tours).of_month.get(month)
    if tour is None:
        return
    with seeding.step():
        if not DispatchMeeting.objects.filter(uid=tour.meeting.uid).exists():
            _insert(seeding, tour)


def _insert(seeding: Seeding, tour: _Tour) -> None:
    meeting = tour.meeting
    meeting.series = _series(seeding, meeting)
    for rows in ([meeting], tour.stops, _roll(seeding, meeting), _cards(meeting)):
        seeding.add(rows)
    if meeting.state == MeetingState.CLOSED:
        seeding.add(
            [
                Outcome(
                    uid=uuid.uuid5(NIL, f"{meeting.uid}:decided"),
                    card=meeting.cards.get(position=2),
                    position=1,
                    kind=OutcomeKind.TEXT,
                    text=DECIDED,
                    written_by_name=meeting.recorder_name,
                    written_at=meeting.closed_at or meeting.starts_at,
                )
            ]
        )
    # A note is there before its item, which leads back to it.
    seeding.add(tour.notes)
    given = [(note.pk, f"{meeting}：{note.stop.organization}", its) for note, its in tour.born]
    items = insert_born(seeding, given, SOURCE)
    for (note, _), item in zip(tour.born, items, strict=True):
        note.item = item
    TourNote.objects.bulk_update([note for note, _ in tour.born], ["item"])
    seeding.add([link_of(item) for item in items])


def _series(seeding: Seeding, meeting: DispatchMeeting) -> MeetingSeries:
    root = seeding.of(Tree).root
    found = MeetingSeries.objects.filter(organization=root, name=NAME).first()
    if found is None:
        found = MeetingSeries(
            organization=root,
            name=NAME,
            form=MeetingForm.OBSERVATION_TOUR,
            cap_minutes=meeting.cap_minutes,
            speech_minutes=meeting.speech_minutes,
            place=PLACE,
            chair_name=meeting.chair_name,
            posts=[str(post) for post in POSTS],
        )
        seeding.add([found])
    return found


def _roll(seeding: Seeding, meeting: DispatchMeeting) -> list[Attendance]:
    rng = seeding.rng("tour roll", meeting.period)
    rows = []
    for one in called_by_posts(meeting.organization, meeting.series.posts):
        presence = Presence.UNRECORDED
        if meeting.state == MeetingState.CLOSED and one.person_name:
            presence = Presence.PRESENT if rng.random() > 0.08 else Presence.ABSENT
        rows.append(
            Attendance(
                meeting=meeting,
                organization=one.organization,
                post=one.post,
                person_name=one.person_name,
                user_id=one.user_id,
                presence=presence,
                reason="参加区里会议" if presence == Presence.ABSENT else "",
            )
        )
    return rows


def _cards(meeting: DispatchMeeting) -> list[AgendaCard]:
    closed = meeting.closed_at
    return [
        AgendaCard(
            series=meeting.series,
            meeting=meeting,
            position=position,
            section=Section.PLANS,
            topic=Topic.PLAN,
            title=title,
            minutes=minutes,
            is_chair=position == 2,
            speaker_name=meeting.chair_name if position == 2 else "",
            began_at=closed and closed - dt.timedelta(minutes=before),
            spent_seconds=minutes * 60 if closed else 0,
        )
        for position, title, minutes, before in (
            (1, "按路线观摩，边看边记", 120, 150),
            (2, "集中点评", 30, 30),
        )
    ]


class _Tours:
    """All of them, drawn at once."""

    def __init__(self, seeding: Seeding) -> None:
        self.seeding, self.calendar = seeding, load()
        self.tree, self.accounts = seeding.of(Tree), seeding.of(Accounts)
        self.items = seeding.of(Items)
        self.of_month: dict[str, _Tour] = {}
        self.to_come: _Tour | None = None
        last = seeding.months[-1]
        held = {periods.shift(last, -NEWEST - EVERY * times) for times in range(20)}
        for number, month in enumerate(one for one in seeding.months if one in held):
            before = periods.first_day(month) - dt.timedelta(days=1)
            day = self.calendar.add_working_days(before, HELD_ON)
            if self._at(day, dt.time(18)) < seeding.now:
                self.of_month[month] = self._held(month, number, day)
        if last == periods.containing(seeding.today, periods.MONTH):
            day = self.calendar.add_working_days(seeding.today, TO_COME)
            self.to_come = self._tour("to come", len(self.of_month), day, MeetingState.CALLED)

    def _tour(self, key: str, number: int, day: dt.date, state: MeetingState) -> _Tour:
        """Its stops are branches of three committees, another three each time."""
        rng, start = self.seeding.rng("tour", key), self._at(day, BEGINS)
        leaders = self.tree.leaders.get(self.tree.root.pk, {})
        zone = self.accounts.by_username["zone"]
        meeting = DispatchMeeting(
            uid=uuid.uuid5(NIL, key),
            organization=self.tree.root,
            period=periods.containing(day, periods.MONTH),
            title=f"{day.year}年{day.month}月统一观摩",
            form=MeetingForm.OBSERVATION_TOUR,
            starts_at=start,
            place=PLACE,
            chair_name=leaders.get("secretary", ("", ""))[0],
            recorder_name=zone.name,
            cap_minutes=180,
            speech_minutes=8,
            state=state,
            called_at=min(start - dt.timedelta(days=4), self.seeding.now),
            changed_at=min(start, self.seeding.now),
        )
        tour = _Tour(meeting)
        heads = heads_of(self.tree)
        for place in range(STOPS):
            head = heads[(number * STOPS + place) % len(heads)]
            stop = rng.choice(self._branches(head, day) or self._branches(self.tree.root, day))
            _, shows = phrases.SHOWS[(number * STOPS + place) % len(phrases.SHOWS)]
            arrives = dt.datetime.combine(day, FIRST) + dt.timedelta(minutes=APART * place)
            tour.stops.append(
                TourStop(
                    meeting=meeting,
                    organization=stop,
                    arrives_at=arrives.time(),
                    minutes=STAYS,
                    host_name=self.tree.leaders.get(stop.pk, {}).get("secretary", ("", ""))[0],
                    shows=shows,
                )
            )
        return tour

    def _held(self, month: str, number: int, day: dt.date) -> _Tour:
        tour = self._tour(month, number, day, MeetingState.CLOSED)
        meeting, rng = tour.meeting, self.seeding.rng("tour notes", month)
        closed = self._at(day, dt.time(11, 45))
        meeting.opened_at, meeting.closed_at, meeting.changed_at = meeting.starts_at, closed, closed
        meeting.revision = 4
        heads = heads_of(self.tree)
        writers = [
            user for one in heads if (user := self.accounts.responsible.get(one.pk)) is not None
        ]
        for stop in tour.stops:
            arrived, learned = self._at(day, stop.arrives_at), rng.sample(phrases.LEARNED, 3)
            for place, writer in enumerate(rng.sample(writers, min(3, len(writers)))):
                ending = rng.choice(sorted(phrases.FOUND))
                is_problem = place == 0
                text = phrases.FOUND[ending] if is_problem else learned[place]
                note = TourNote(
                    uid=uuid.uuid5(NIL, f"{month}:{stop.organization.path}:{writer.username}"),
                    stop=stop,
                    text=text.format(a=rng.randint(2, 5)),
                    written_by_id=writer.pk,
                    written_by_name=writer.name,
                    written_at=arrived + dt.timedelta(minutes=8 + 5 * place),
                )
                tour.notes.append(note)
                if is_problem and stop is not tour.stops[-1]:
                    self._hand(tour, note, ending, day)
        return tour

    def _hand(self, tour: _Tour, note: TourNote, ending: str, day: dt.date) -> None:
        rng = self.seeding.rng("tour item", str(note.uid))
        at = self._at(self.calendar.add_working_days(day, 1), dt.time(9, rng.randrange(5, 55)))
        if at >= self.seeding.now:
            return
        root, place = self.tree.root, note.stop.organization
        theme = phrases.theme_of(ending)
        source = f"{tour.meeting}：{place}"
        tour.born.append((note, self.items.born(rng, root, place, theme, at, source=source)))

    def _branches(self, head: Organization, day: dt.date) -> list[Organization]:
        return [
            one
            for one in self.tree.below(head)
            if one.is_branch
            and one.abolished_on is None
            and (one.founded_on is None or one.founded_on <= day)
        ]

    def _at(self, day: dt.date, time: dt.time) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(day, time))

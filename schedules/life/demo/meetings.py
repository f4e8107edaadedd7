"""Months of records of organisation life: what was written, who was there, who looked at it."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from core import periods
from core.batches import batched
from core.demo import Seeding
from members.demo.people import People
from members.models import Member
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.enums import OrganizationKind, Post
from orgs.models import Organization, User
from schedules.rounds.actions.calendar import fill_from_package
from schedules.rounds.queries.calendar import load

from ..actions.meetings import digest_of
from ..enums import LifeStepKind, MeetingKind, MeetingState, Roll
from ..models import LifeStep, Meeting
from ..rules import RULES, offered_topic
from . import counted, duties, groups, make_up, phrases
from .draws import ABSENT, Draws, Held
from .duties import Owed
from .phrases import Words
from .rolls import Asked, Part, Rolls

K = MeetingKind
TOGETHER = 200  # records that are written in one transaction
# Of a hundred records: looked at with thanks, sent back, written anew, taken back, on paper, thin.
THANKED, RETURNED, REWRITTEN, TWICE, ON_PAPER, THIN = 34, 3, 3, 0.4, 4, 4
COPIED = {"good": 0.0, "fair": 0.08, "poor": 0.4}


@dataclass
class Life:
    """What the parts after it need: everything held, what is owed, and how rolls are written."""

    draws: Draws
    owed: Owed
    _rolls: list[Rolls] = field(default_factory=list)
    _neighbours: dict[int, int] = field(default_factory=dict)

    def rolls(self, seeding: Seeding) -> Rolls:
        """How rolls are written; reads who sits on committees, once."""
        if not self._rolls:
            first = Member.objects.filter(uid=seeding.of(People).members[0].uid).first()
            self._rolls.append(Rolls(first or Member.objects.order_by("pk")[0]))
        return self._rolls[0]

    def neighbours(self, seeding: Seeding) -> Mapping[int, int]:
        """Branch -> the next one in the order of the tree."""
        if not self._neighbours:
            branches = [one.pk for one in seeding.of(Tree).branches]
            self._neighbours.update(zip(branches, branches[1:] + branches[:1], strict=True))
        return self._neighbours


@dataclass
class _Rows:
    """The records of one transaction: each version with its part in what was held."""

    meetings: list[Meeting] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    steps: list[LifeStep] = field(default_factory=list)


def build(seeding: Seeding) -> Mapping[str, int]:
    """Groups, exemptions and plans; the recent months."""
    first, last = seeding.months[0], seeding.months[-1]
    if not seeding.is_again:
        years = sorted({int(month[:4]) for month in (*seeding.months, periods.shift(last, 1))})
        fill_from_package(years=[int(first[:4]), *years], by=seeding.by)
    groups.write(seeding)
    calendar = load()
    draws = Draws(seeding, calendar)
    life = Life(draws, Owed(seeding, draws, calendar))
    seeding.keep(life)
    seeding.tell_figures(counted.Counted().tell)
    if seeding.is_again:
        return {}
    for month in seeding.recent:
        _write_all(seeding, draws.of(month))
    _write_all(seeding, life.owed.ahead())
    for _, _, rows in life.owed.looked_at():
        seeding.add(rows)
    for month in seeding.recent:
        for _, _, rows in life.owed.write(month):
            seeding.add(rows)
    return {"records": Meeting.objects.current().count()}


def fill(seeding: Seeding, month: str) -> None:
    """One older month, some records at a time; what is there of it stays."""
    life = seeding.of(Life)
    within = (periods.first_day(month), periods.last_day(month))
    known = set(Meeting.objects.filter(held_on__range=within).values_list("uid", flat=True))
    left = [held for held in life.draws.of(month) if held.uid not in known]
    for some in batched(left, TOGETHER):
        with seeding.step():
            _write(seeding, some)
    for one in life.owed.write(month):
        with seeding.step():
            seeding.add(one[2])
            duties.mark([one])


def _write_all(seeding: Seeding, rows: Sequence[Held]) -> None:
    for some in batched(rows, TOGETHER):
        _write(seeding, some)


def _write(seeding: Seeding, some: Sequence[Held]) -> None:
    """Records with their rolls, counts, votes and timelines: a fixed number of statements."""
    rows = _Rows()
    writer = _Writer(seeding)
    for held in some:
        writer.record(rows, held)
    rolls = seeding.of(Life).rolls(seeding)
    neighbours = seeding.of(Life).neighbours(seeding)
    with transaction.atomic():
        seeding.add(rows.meetings)
        parts: list[Part] = []
        of_members: list[Part] = []
        of_groups: list[Part] = []
        chosen: list[Part] = []
        committees: list[tuple[Meeting, Held]] = []
        for meeting, held in zip(rows.meetings, rows.held, strict=True):
            guests_of = _guests_of(held, neighbours)
            for unit in held.units:
                is_group = unit.kind == OrganizationKind.PARTY_GROUP
                place = unit.parent_id if is_group and unit.parent_id else unit.pk
                absent = ABSENT[held.trait] // (2 if held.kind == K.LIFE_MEETING else 1)
                part = Part(
                    meeting.pk, unit.pk, place, held.number, held.share or absent, guests_of
                )
                guests_of = 0
                parts.append(part)
                if RULES[held.kind].roll == Roll.CHOSEN:
                    chosen.append(part)
                elif is_group:
                    of_groups.append(part)
                elif held.kind != K.COMMITTEE_MEETING:
                    of_members.append(part)
            if held.kind == K.COMMITTEE_MEETING:
                committees.append((meeting, held))
        rolls.members(of_members)
        rolls.groups(of_groups)
        rolls.chosen(chosen)
        rolls.committees(committees)
        rolls.units(parts)
        rolls.votes(
            [
                one
                for meeting, held in zip(rows.meetings, rows.held, strict=True)
                for one in _asked(meeting, held)
            ]
        )
        for step in rows.steps:
            step.meeting_id = step.meeting.pk
        seeding.add(rows.steps)
        make_up.write(seeding, rows.meetings, rows.held, rolls.first)


def _guests_of(held: Held, neighbours: Mapping[int, int]) -> int:
    """The branch of which people may come as guests: the next one of the zone, if it was not there
    itself; 0 for none."""
    if held.kind not in (K.GENERAL_MEETING, K.LESSON, K.PARTY_DAY):
        return 0
    found = neighbours.get(held.host.pk, 0)
    return 0 if found in {unit.pk for unit in held.units} else found


def _asked(meeting: Meeting, held: Held) -> list[Asked]:
    """What was put to the vote in a 支部党员大会: seldom something."""
    rng = held.rng("votes")
    if held.kind != K.GENERAL_MEETING or rng.random() > 0.3:
        return []
    subjects = rng.sample(phrases.VOTES, rng.choice((1, 1, 2)))
    return [
        Asked(
            meeting_id=meeting.pk,
            place_id=held.host.pk,
            number=number,
            subject=subject.format(a=rng.randint(1, 4)),
            against=rng.choices((0, 1), (9, 1))[0],
            abstained=rng.choices((0, 1, 2), (8, 2, 1))[0],
        )
        for number, subject in enumerate(subjects, start=1)
    ]


class _Writer:
    """Writes down what was held as its organisation would."""

    def __init__(self, seeding: Seeding) -> None:
        self.now, self.habits = seeding.now, seeding.of(Life).draws.habits
        self.tree, self.accounts = seeding.of(Tree), seeding.of(Accounts)

    def record(self, rows: _Rows, held: Held) -> None:
        """All versions of the record and what happened to them."""
        rng = held.rng("record")
        branch = _branch(held.host)
        rolled, later = rng.random() * 100, held.recorded_at
        words = self._words(held, branch)
        first = self._version(held, branch, words)
        author = self.accounts.responsible.get(branch.pk)
        self._add(rows, held, first)
        self._step(rows, first, LifeStepKind.RECORDED, later, author, branch)
        above = held.host.parent or branch
        checker = self.accounts.responsible.get(above.pk)
        latest, is_returned = first, rolled < RETURNED and checker is not None
        later += dt.timedelta(days=rng.randint(1, 6), hours=rng.randint(1, 5))
        if rolled > 100 - TWICE and later < self.now:
            self._twice(rows, held, branch, words, later)
        if is_returned and later < self.now:
            reason = rng.choice(phrases.RETURNS)
            first.state, first.return_reason = MeetingState.RETURNED, reason
            self._step(rows, first, LifeStepKind.RETURNED, later, checker, above, reason)
            later += dt.timedelta(days=rng.randint(1, 9), hours=rng.randint(1, 3))
        if rolled < RETURNED + REWRITTEN and later < self.now:
            fuller = phrases.words(
                held.rng("again"),
                held.kind,
                branch.organization_class,
                topic=words.topic,
                month=held.day.month,
            )
            latest = self._version(held, branch, fuller)
            latest.topic, latest.version = words.topic, 2
            latest.written_at = first.superseded_at = later
            self._add(rows, held, latest)
            self._step(rows, latest, LifeStepKind.CHANGED, later, author, branch)
            later += dt.timedelta(days=rng.randint(1, 6))
        is_looked_at = rng.random() * 100 < THANKED and latest.state == MeetingState.RECORDED
        if is_looked_at and checker not in (None, author) and later < self.now:
            latest.state = MeetingState.THANKED
            self._step(rows, latest, LifeStepKind.THANKED, later, checker, above)

    def _twice(
        self, rows: _Rows, held: Held, branch: Organization, words: Words, later: dt.datetime
    ) -> None:
        """The same once more, by mistake, and taken back."""
        author = self.accounts.responsible.get(branch.pk)
        again = self._version(held, branch, words)
        again.uid, again.state = uuid.uuid5(held.uid, "twice"), MeetingState.WITHDRAWN
        self._add(rows, held, again)
        self._step(rows, again, LifeStepKind.RECORDED, held.recorded_at, author, branch)
        self._step(rows, again, LifeStepKind.WITHDRAWN, later, author, branch, phrases.TWICE)

    def _add(self, rows: _Rows, held: Held, meeting: Meeting) -> None:
        rows.meetings.append(meeting)
        rows.held.append(held)

    def _words(self, held: Held, branch: Organization) -> Words:
        rng, place = held.rng("words"), branch.organization_class
        topic = offered_topic(held.kind, held.day)
        if held.together:
            topic = f"联合{topic}"
        if rng.random() < COPIED[held.trait]:
            # The same words for half a year; only the head is another.
            same = held.rng()
            same.seed(f"{branch.path}:{held.kind}:{held.day.year}:{held.day.month // 7}")
            return phrases.words(same, held.kind, place, topic=topic, month=6)
        if rng.random() * 100 < THIN:
            return phrases.thin(rng, topic)
        return phrases.words(rng, held.kind, place, topic=topic, month=held.day.month)

    def _version(self, held: Held, branch: Organization, words: Words) -> Meeting:
        rng, leaders = held.rng("people"), self.tree.leaders.get(branch.pk, {})
        names = [name for name, _ in leaders.values() if name] or [branch.contact_name]
        secretary = leaders.get(Post.SECRETARY, (names[0], ""))[0]
        author = self.accounts.responsible.get(branch.pk)
        minutes = (_at(held.ends_at) - _at(held.starts_at)).seconds // 60
        speaker = ""
        if held.kind == K.LESSON:
            speaker = secretary if rng.random() < 0.6 else rng.choice(names)
        is_on_paper = rng.random() * 100 < ON_PAPER
        return Meeting(
            uid=held.uid,
            organization=held.host,
            kind=held.kind,
            held_on=held.day,
            starts_at=held.starts_at,
            ends_at=held.ends_at,
            place=self.habits[branch.pk].place,
            topic=words.topic,
            chair_name=secretary,
            recorder_name=rng.choice(names),
            speaker_name=speaker,
            agenda=words.agenda,
            summary="见纸质记录。" if is_on_paper else words.summary,
            resolutions=words.resolutions,
            guests="入党积极分子" if held.kind == K.LESSON and rng.random() < 0.2 else "",
            study_minutes=minutes if RULES[held.kind].is_study else 0,
            is_on_paper=is_on_paper,
            text_digest=digest_of(words.agenda, words.summary, words.resolutions),
            recorded_at=held.recorded_at,
            written_at=held.recorded_at,
            written_by_id=author.pk if author else None,
            written_by_name=author.name if author else branch.contact_name,
        )

    def _step(
        self,
        rows: _Rows,
        meeting: Meeting,
        kind: LifeStepKind,
        at: dt.datetime,
        by: User | None,
        place: Organization,
        text: str = "",
    ) -> None:
        rows.steps.append(
            LifeStep(
                meeting=meeting,
                kind=kind,
                at=at,
                by_name=by.name if by else place.contact_name,
                by_organization=str(place),
                text=text,
            )
        )


def _branch(host: Organization) -> Organization:
    """The branch that keeps the record: of a 党小组 the one above it."""
    above = host.parent
    return above if host.kind == OrganizationKind.PARTY_GROUP and above is not None else host


def _at(time: dt.time) -> dt.datetime:
    return dt.datetime.combine(dt.date.min, time)

"""What was held in every month of the demo zone: by whom, on which day, and when it was entered.

Each organisation and month draws from a generator of its own, so that a month comes out the same
whenever it is drawn. Nothing here reads or writes rows; words and rolls are added when written.
"""

import datetime as dt
import uuid
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from django.utils import timezone

from core import periods
from core.demo import Seeding
from core.periods import WorkCalendar
from members.demo.people import People
from members.enums import MembershipState
from orgs.demo.tree import Tree
from orgs.enums import OrganizationClass, OrganizationKind
from orgs.models import OfficeHolding, Organization

from ..enums import MeetingKind
from ..queries.rolls import ON_COMMITTEE
from ..rules import LISTED_KINDS
from . import phrases
from .groups import Groups

K = MeetingKind
NIL = uuid.UUID("b1d5c0f4-6d0a-4d5e-8a4e-0c6f1b7a9e12")
MODULUS = 65_521
# How likely one that is owed is not held; entered long after its day; and how many in a thousand
# stay away: by how much can be relied on the organisation.
MISSED = {"good": 0.006, "fair": 0.05, "poor": 0.28}
ENTERED_LATE = {"good": 0.03, "fair": 0.12, "poor": 0.4}
ABSENT = {"good": 60, "fair": 90, "poor": 170}
SHARE_JOINT = (
    0.07  # of general branches in a month: some of their branches hold a 主题党日 together
)
KEPT = 25  # months
EARLIEST, LATEST = 8, 19  # hours at which something begins
MINUTES = {
    K.GENERAL_MEETING: (40, 50, 60),
    K.COMMITTEE_MEETING: (30, 40, 60),
    K.GROUP_MEETING: (30, 40, 45),
    K.LESSON: (60, 60, 90),
    K.PARTY_DAY: (60, 90, 90, 120),
    K.LIFE_MEETING: (120, 150),
    K.APPRAISAL: (60, 80),
    K.VOLUNTEERING: (90, 120, 120, 180),
}
# How likely a branch goes out to help in a month; in the months in which all of the country does,
# twice as likely. Who is seldom relied on for the rest goes out seldom, too.
VOLUNTEERS = {
    OrganizationClass.COMMUNITY: 0.5,
    OrganizationClass.VILLAGE: 0.38,
    OrganizationClass.ORGAN: 0.33,
    OrganizationClass.SCHOOL: 0.28,
    OrganizationClass.PRIVATE_ENTERPRISE: 0.16,
    OrganizationClass.RETIRED: 0.1,
}
VOLUNTEERS_ELSEWHERE = 0.22
VOLUNTEER_MONTHS = (3, 12)
KEENNESS = {"good": 1.0, "fair": 0.7, "poor": 0.25}


@dataclass(slots=True)
class Held:
    """One thing that was held, as it is drawn. `number` is what its roll is drawn by."""

    uid: uuid.UUID
    kind: MeetingKind
    host: Organization
    day: dt.date
    starts_at: dt.time
    ends_at: dt.time
    recorded_at: dt.datetime
    trait: str
    together: tuple[Organization, ...] = ()
    share: int = 0  # of a thousand: how many come to what nobody is expected at

    @property
    def units(self) -> tuple[Organization, ...]:
        """The host, and who took part with it."""
        return (self.host, *self.together)

    @property
    def number(self) -> int:
        """What its roll is drawn by."""
        return self.uid.int % MODULUS

    def rng(self, *names: str) -> Random:
        """A generator of its own."""
        return Random(":".join((str(self.uid), *names)))


@dataclass(frozen=True, slots=True)
class Habits:
    """How an organisation lives: the fixed day of its 主题党日, the hour, how often it meets."""

    trait: str
    day: int  # of the month, or the weekday of its week
    week: int  # 0: by the day of the month
    hour: dt.time
    place: str
    meets_monthly: bool  # 支部党员大会 beyond what is owed
    teaches_often: bool
    confers_twice: bool
    in_one_afternoon: bool


@dataclass
class Draws:
    """Everything held, month by month; other parts of the demo ask `of`."""

    seeding: Seeding
    calendar: WorkCalendar
    tree: Tree = field(init=False)
    _months: dict[str, list[Held]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        seeding = self.seeding
        self.tree, self.groups = seeding.of(Tree), seeding.of(Groups)
        # Who is expected somewhere: the days on which they came and went.
        self._came: dict[int, list[dt.date]] = defaultdict(list)
        self._went: dict[int, list[dt.date]] = defaultdict(list)
        people = seeding.of(People)
        left_on = {row.member.uid: row.happened_on for row in people.exits}
        for member in people.members:
            is_away = member.is_mobile or member.is_excused or member.is_lost_contact
            if is_away or member.state == MembershipState.SUSPENDED:
                continue
            self._came[member.organization_id].append(member.joined_on or dt.date.min)
            self._went[member.organization_id].append(left_on.get(member.uid, dt.date.max))
        for days in (*self._came.values(), *self._went.values()):
            days.sort()
        self._yearly: dict[int, list[Held]] = defaultdict(list)
        self._seen: set[str] = set()
        self._offices: dict[int, list[OfficeHolding]] = defaultdict(list)
        for office in self.tree.offices:
            if office.post in ON_COMMITTEE:
                self._offices[office.organization_id].append(office)
        # As its reports: who is late with one is late with the other.
        rng = seeding.rng("traits")
        traits = {
            row.pk: rng.choices(("good", "fair", "poor"), (82, 14, 4))[0]
            for row in self.tree.organizations
        }
        self.branches = [row for row in self.tree.organizations if row.is_branch]
        self.habits = {row.pk: self._habits(row, traits[row.pk]) for row in self.branches}

    def of(self, month: str) -> Sequence[Held]:
        """What was held in the month and is entered by now, in the order of the tree."""
        if month not in self._months:
            if len(self._months) >= KEPT:  # the web process need not hold all of them
                del self._months[next(iter(self._months))]
            self._months[month] = self._month(month)
            if month not in self._seen:
                self._seen.add(month)
                for held in self._months[month]:
                    if held.kind in LISTED_KINDS:
                        self._yearly[held.host.pk].append(held)
        return self._months[month]

    def yearly(self) -> Mapping[int, Sequence[Held]]:
        """Branch -> its 组织生活会 and 民主评议党员, the first one first."""
        for month in self.seeding.months:
            if month not in self._seen:
                self.of(month)
                self.seeding.breathe()
        return {
            pk: sorted(some, key=lambda held: (held.day, held.kind))
            for pk, some in self._yearly.items()
        }

    def _habits(self, branch: Organization, trait: str) -> Habits:
        rng = self.seeding.rng("life habits", branch.path)
        place = branch.organization_class
        week = rng.choices((0, 1, 2, 3), (64, 18, 10, 8))[0]
        day = rng.choice((5, 5, 8, 10, 12, 15, 15, 18, 20, 25)) if week == 0 else rng.choice((2, 4))
        after_work = place in (
            OrganizationClass.PRIVATE_ENTERPRISE,
            OrganizationClass.STATE_ENTERPRISE,
        )
        hour = rng.choice((17, 18) if after_work else (8, 9, 14, 14, 15))
        return Habits(
            trait=trait,
            day=day,
            week=week,
            hour=dt.time(hour, rng.choice((0, 30))),
            place=rng.choice(phrases.PLACES.get(place, phrases.ANY_PLACE)),
            meets_monthly=rng.random() < 0.5,
            teaches_often=rng.random() < 0.35,
            confers_twice=rng.random() < 0.4,
            in_one_afternoon=rng.random() < 0.65,
        )

    def _month(self, month: str) -> list[Held]:
        joint = self._joint(month)
        found: list[Held] = []
        for branch in self.branches:
            found += self._of_branch(branch, month, joint)
        for group, branch in self.groups.pairs:
            found += self._of_group(group, branch, month)
        return found

    def _joint(self, month: str) -> dict[int, tuple[Organization, ...]]:
        """Host -> who holds the month's 主题党日 with it; who only takes part -> nobody."""
        children: dict[str, list[Organization]] = defaultdict(list)
        for row in self.branches:
            if row.parent is not None and row.parent.kind == OrganizationKind.GENERAL_BRANCH:
                children[row.parent.path].append(row)
        found: dict[int, tuple[Organization, ...]] = {}
        for path, rows in children.items():
            rng = self.seeding.rng("life together", month, path)
            if rng.random() >= SHARE_JOINT:
                continue
            first, last = periods.first_day(month), periods.last_day(month)
            some = rng.sample(rows, min(len(rows), 3))
            if all(self._can_meet(one, first) and self._can_meet(one, last) for one in some):
                found |= dict.fromkeys((one.pk for one in some[1:]), ())
                found[some[0].pk] = tuple(some[1:])
        return found

    def _can_meet(self, branch: Organization, day: dt.date) -> bool:
        """Whether it was there on the day, and two members or more who are expected."""
        if branch.founded_on is not None and day < branch.founded_on:
            return False
        if branch.abolished_on is not None and day >= branch.abolished_on:
            return False
        return self._expected(branch, day) >= 2

    def _expected(self, branch: Organization, day: dt.date) -> int:
        """How many members are expected there on the day."""
        came, went = (bisect_right(days[branch.pk], day) for days in (self._came, self._went))
        return came - went

    def _has_committee(self, branch: Organization, day: dt.date) -> bool:
        """Whether somebody held a post of its committee on the day."""
        return any(
            (one.started_on is None or one.started_on <= day)
            and (one.ended_on is None or day < one.ended_on)
            for one in self._offices[branch.pk]
        )

    def _of_branch(
        self, branch: Organization, month: str, joint: dict[int, tuple[Organization, ...]]
    ) -> list[Held]:
        habits, rng = self.habits[branch.pk], self.seeding.rng("life", month, branch.path)
        party_day = self._party_day(habits, month)
        missed = MISSED[habits.trait]
        slots: list[tuple[MeetingKind, dt.date]] = []
        if rng.random() >= missed:
            slots.append((K.PARTY_DAY, party_day))
        for kind, share in (
            (K.GENERAL_MEETING, 0.7 if habits.meets_monthly else 0.1),
            (K.LESSON, 0.5 if habits.teaches_often else 0.08),
        ):
            same_day, other, more = (
                rng.random() < 0.8,
                self._working(rng, month, 8, 26),
                rng.random(),
            )
            if self._is_due(branch, kind, month, missed) or more < share:
                slots.append((kind, party_day if habits.in_one_afternoon and same_day else other))
        if self._year_month(branch, month, missed) == month:
            day = self._working(rng, month, 10, 26)
            slots += [(K.LIFE_MEETING, day), (K.APPRAISAL, day)]
        if branch.has_committee:
            if rng.random() >= missed:
                slots.append((K.COMMITTEE_MEETING, self._working(rng, month, 1, 12)))
            if habits.confers_twice and rng.random() < 0.8:
                slots.append((K.COMMITTEE_MEETING, self._working(rng, month, 14, 27)))
        found = []
        begins: dict[dt.date, dt.datetime] = {}
        for kind, day in slots:
            if kind == K.PARTY_DAY and joint.get(branch.pk) == ():
                continue  # it takes part in a neighbour's
            if not self._can_meet(branch, day):
                continue
            if kind == K.COMMITTEE_MEETING and not self._has_committee(branch, day):
                continue
            start = begins.get(day) or dt.datetime.combine(day, habits.hour)
            if start.hour >= LATEST:  # the day is full: in the morning, then
                start = dt.datetime.combine(day, dt.time(EARLIEST))
            held = self._held(branch, kind, start, habits.trait, rng)
            begins[day] = dt.datetime.combine(day, held.ends_at) + dt.timedelta(minutes=10)
            if kind == K.PARTY_DAY:
                held.together = joint.get(branch.pk, ())
            if self._is_known(held):
                found.append(held)
        helped = self._volunteering(branch, month, begins)
        return [*found, helped] if helped else found

    def _volunteering(
        self, branch: Organization, month: str, begins: dict[dt.date, dt.datetime]
    ) -> Held | None:
        """志愿服务 of the month, by who likes to come; on a Saturday as soon as on another day."""
        habits = self.habits[branch.pk]
        rng = self.seeding.rng("life volunteering", month, branch.path)
        share = VOLUNTEERS.get(OrganizationClass(branch.organization_class), VOLUNTEERS_ELSEWHERE)
        first = periods.first_day(month)
        if first.month in VOLUNTEER_MONTHS:
            share = min(0.9, share * 2)
        day = first.replace(day=rng.randint(2, 27))
        if rng.random() < 0.5:
            day += dt.timedelta(days=5 - day.weekday())
        hour = rng.choice((8, 9, 14))
        is_wanted = rng.random() < share * KEENNESS[habits.trait]
        if not is_wanted or day in begins or day.month != first.month:
            return None
        if not self._can_meet(branch, day):
            return None
        start = dt.datetime.combine(day, dt.time(hour, 30))
        held = self._held(branch, K.VOLUNTEERING, start, habits.trait, rng)
        held.share = max(rng.randint(250, 450), min(1000, 8000 // self._expected(branch, day)))
        return held if self._is_known(held) else None

    def _of_group(self, group: Organization, branch: Organization, month: str) -> list[Held]:
        habits = self.habits[branch.pk]
        rng = self.seeding.rng("life", month, group.path)
        day = self._working(rng, month, 3, 27)
        if rng.random() < MISSED[habits.trait] or (group.founded_on and day < group.founded_on):
            return []
        start = dt.datetime.combine(day, habits.hour)
        held = self._held(group, K.GROUP_MEETING, start, habits.trait, rng)
        return [held] if self._is_known(held) else []

    def _is_known(self, held: Held) -> bool:
        """Whether it is entered by now. What is held today is left to whoever tries the portal."""
        return held.day < self.seeding.today and held.recorded_at < self.seeding.now

    def _held(
        self,
        host: Organization,
        kind: MeetingKind,
        start: dt.datetime,
        trait: str,
        rng: Random,
    ) -> Held:
        end = start + dt.timedelta(minutes=rng.choice(MINUTES[kind]))
        late = rng.random() < ENTERED_LATE[trait]
        days = rng.randint(7, 20) if late else rng.choices((0, 1, 2, 4), (46, 30, 16, 8))[0]
        entered = dt.datetime.combine(end.date() + dt.timedelta(days=days), end.time())
        return Held(
            uid=uuid.uuid5(NIL, f"{host.path}:{kind}:{start:%Y-%m-%d %H:%M}"),
            kind=kind,
            host=host,
            day=start.date(),
            starts_at=start.time(),
            ends_at=end.time(),
            recorded_at=timezone.make_aware(entered + dt.timedelta(minutes=rng.randint(5, 50))),
            trait=trait,
        )

    def _party_day(self, habits: Habits, month: str) -> dt.date:
        """The fixed day; where it is a holiday, the working day after it, within the month."""
        first, last = periods.first_day(month), periods.last_day(month)
        if habits.week == 0:
            day = first.replace(day=habits.day)
        else:
            away = (habits.day - first.weekday()) % 7
            day = first + dt.timedelta(days=away + 7 * (habits.week - 1))
        moved = self.calendar.roll_forward(day)
        return moved if moved <= last else self.calendar.add_working_days(day, -1)

    def _working(self, rng: Random, month: str, earliest: int, latest: int) -> dt.date:
        day = periods.first_day(month).replace(day=rng.randint(earliest, latest))
        moved = self.calendar.roll_forward(day)
        if moved.month == day.month:
            return moved
        return self.calendar.add_working_days(day, -1)

    def _is_due(self, branch: Organization, kind: MeetingKind, month: str, missed: float) -> bool:
        """Whether it is the month of its quarter in which the kind is held as owed."""
        first = periods.first_day(month)
        quarter = periods.containing(first, periods.QUARTER)
        rng = self.seeding.rng("life quarter", kind, quarter, branch.path)
        which = rng.choices((0, 1, 2), (2, 4, 4))[0]
        return (first.month - 1) % 3 == which and rng.random() >= missed

    def _year_month(self, branch: Organization, month: str, missed: float) -> str:
        """In which month of its year the yearly ones are held; empty where they are not."""
        year = month[:4]
        rng = self.seeding.rng("life year", year, branch.path)
        which, rolled = rng.choice((1, 1, 2)), rng.random()
        wanted = f"{year}-{which:02d}"
        known = [one for one in self.seeding.months if one[:4] == year]
        if wanted < known[0]:  # before what is told here: some make up for it
            wanted = rng.choice(known) if rng.random() < 0.4 else ""
        return "" if rolled < missed else wanted

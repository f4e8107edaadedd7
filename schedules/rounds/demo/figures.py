"""The figures of past months, from the same people and reports that are in the tables: each as it
was when a report froze it, so that its address opens its rows."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from django.utils import timezone

from core import periods
from members.demo.people import People
from members.enums import Category, MembershipState
from orgs.demo.tree import Tree
from orgs.enums import OrganizationKind, Post
from orgs.models import Organization
from orgs.models.organization import STEP

from ..queries.openings import Moments
from .courses import Course

NEVER = dt.date.max


class _Crowd:
    """The people at and below a place, as sorted days on which they came into a group and left
    it."""

    def __init__(self) -> None:
        self.into: dict[str, list[dt.date]] = defaultdict(list)
        self.out: dict[str, list[dt.date]] = defaultdict(list)

    def add(self, group: str, since: dt.date, until: dt.date) -> None:
        if since < until:
            self.into[group].append(since)
            self.out[group].append(until)

    def sort(self) -> None:
        for days in (*self.into.values(), *self.out.values()):
            days.sort()

    def count(self, group: str, day: dt.date) -> int:
        """How many were in the group on the day."""
        return bisect_right(self.into[group], day) - bisect_right(self.out[group], day)

    def came(self, group: str, first: dt.date, last: dt.date) -> int:
        """How many came into the group in the days first..last."""
        return max(0, bisect_right(self.into[group], last) - bisect_left(self.into[group], first))


class Figures:
    """What is needed for all months."""

    def __init__(self, tree: Tree, people: People) -> None:
        self.organizations = tree.organizations
        self.below: dict[str, list[Organization]] = defaultdict(list)
        for row in tree.organizations:
            for path in _up(row.path):
                self.below[path].append(row)
        self.held: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
        for office in tree.offices:
            if office.post == Post.SECRETARY:
                self.held[office.organization_id].append(
                    (office.started_on or dt.date.min, office.ended_on or NEVER)
                )
        self.crowds: dict[str, _Crowd] = defaultdict(_Crowd)
        paths = {row.pk: row.path for row in tree.organizations}
        left_on = {row.member.uid: row.happened_on for row in people.exits}
        for member in people.members:
            came, left = member.joined_on or dt.date.min, left_on.get(member.uid, NEVER)
            full = member.full_member_on or NEVER
            if member.state == MembershipState.SUSPENDED:  # never on the roll here
                continue
            is_expected = not (member.is_lost_contact or member.is_mobile or member.is_excused)
            for path in _up(paths[member.organization_id]):
                crowd = self.crowds[path]
                crowd.add("members_on_roll", came, left)
                crowd.add("members_joined", came, NEVER)
                crowd.add("members_became_full", full, NEVER)
                crowd.add("members_left", left, NEVER)
                still = left if member.category == Category.PROBATIONARY else min(full, left)
                crowd.add("members_probationary", came, still)
                if member.is_mobile:
                    crowd.add("members_mobile", came, left)
                if is_expected:
                    crowd.add("members_expected", came, left)
        for crowd in self.crowds.values():
            crowd.sort()

    def of(self, month: str, courses: Mapping[int, Course], when: Moments) -> "MonthFigures":
        """The figures of a month."""
        return MonthFigures(self, month, courses, when)


class MonthFigures:
    """The figures of one month, as they stood at moments."""

    def __init__(
        self, known: Figures, month: str, courses: Mapping[int, Course], when: Moments
    ) -> None:
        self.known = known
        self.first, self.last = periods.first_day(month), periods.last_day(month)
        self.sent: dict[str, list[dt.datetime]] = defaultdict(list)
        self.late_after = when.late_after
        for row in known.organizations:
            course = courses.get(row.pk)
            if row.is_branch and course is not None and course.submitted_at is not None:
                for path in _up(row.path):
                    self.sent[path].append(course.submitted_at)

    def at(self, key: str, organization: Organization, moment: dt.datetime) -> int | None:
        """The value for the organisation with all below it; None for a figure not known here."""
        compute = _COMPUTE.get(key)
        return None if compute is None else compute(self, organization.path, moment)

    def _people(self, key: str, path: str, day: dt.date) -> int:
        crowd = self.known.crowds[path]
        end = min(self.last, day)
        if key == "members_opening":
            return crowd.count("members_on_roll", self.first - dt.timedelta(days=1))
        if key == "members_in":
            return crowd.came("members_joined", self.first, end)
        if key == "members_out":
            return crowd.came("members_left", self.first, end)
        if key in ("members_joined", "members_left", "members_became_full"):
            return crowd.came(key, self.first, end)
        return crowd.count(key, end)

    def _existing(self, path: str, day: dt.date) -> Sequence[Organization]:
        return [row for row in self.known.below[path] if row.was_there(day)]

    def _branches(self, path: str, moment: dt.datetime) -> int:
        day = min(self.last, timezone.localdate(moment))
        return sum(row.is_branch for row in self._existing(path, day))

    def _end(self, moment: dt.datetime) -> dt.date:
        return min(self.last, timezone.localdate(moment))

    def _vacant(self, path: str, moment: dt.datetime) -> int:
        day = self._end(moment)
        return sum(
            not any(start <= day < end for start, end in self.known.held[row.pk])
            for row in self._existing(path, day)
            if row.kind != OrganizationKind.PARTY_GROUP
        )

    def _terms(self, state: str) -> Callable[[str, dt.datetime], int]:
        def count(path: str, moment: dt.datetime) -> int:
            day = self._end(moment)
            return sum(self._term_of(row, day) == state for row in self._existing(path, day))

        return count

    @staticmethod
    def _term_of(row: Organization, day: dt.date) -> str:
        """As `orgs.queries.terms` says it, from the term that runs: earlier ones are not told."""
        if row.term_ends_on is None or not row.has_term:
            return ""
        if row.term_started_on is None or row.term_started_on > day:
            return ""
        told = row.term_ends_on - dt.timedelta(days=20)
        is_extended = row.extended_until is not None and told <= day
        until = row.extended_until if is_extended and row.extended_until else row.term_ends_on
        if until < day:
            return "overdue"
        if is_extended:
            return "extended"
        return "ending" if until <= day + dt.timedelta(days=180) else ""

    def _sent(self, path: str, moment: dt.datetime) -> int:
        return sum(at <= moment for at in self.sent[path])

    def _on_time(self, path: str, moment: dt.datetime) -> int:
        return self._sent(path, min(moment, self.late_after))


def _of_people(key: str) -> Callable[[MonthFigures, str, dt.datetime], int]:
    def compute(month: MonthFigures, path: str, moment: dt.datetime) -> int:
        return month._people(key, path, timezone.localdate(moment))

    return compute


_COMPUTE: dict[str, Callable[[MonthFigures, str, dt.datetime], int]] = {
    **{
        key: _of_people(key)
        for key in (
            *("members_on_roll", "members_probationary", "members_expected", "members_mobile"),
            *("members_joined", "members_became_full", "members_left"),
            *("members_opening", "members_in", "members_out"),
        )
    },
    "offices_vacant": MonthFigures._vacant,
    "terms_ending": lambda month, path, at: month._terms("ending")(path, at),
    "terms_overdue": lambda month, path, at: month._terms("overdue")(path, at),
    "terms_extended": lambda month, path, at: month._terms("extended")(path, at),
    "branches": MonthFigures._branches,
    "reports_sent": MonthFigures._sent,
    "reports_on_time": MonthFigures._on_time,
}


def _up(path: str) -> list[str]:
    """The path and all above it."""
    return [path[:end] for end in range(STEP, len(path) + 1, STEP)]

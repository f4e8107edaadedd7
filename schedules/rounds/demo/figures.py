"""The figures of past months, from the same people and reports that are in the tables."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from core import periods
from members.demo.people import People
from members.enums import Category, MembershipState
from orgs.demo.tree import Tree
from orgs.enums import Post

from .. import figures
from ..actions.opening import Moments
from .courses import Course

_KNOWN = (
    "members_on_roll",
    "members_probationary",
    "members_expected",
    "members_joined",
    "members_became_full",
    "members_left",
    "members_mobile",
    "offices_vacant",
    "terms_ending",
    "branches",
    "reports_sent",
    "reports_on_time",
)


class Figures:
    """Figures by month. `figures.compute` tells how things are now; a report of last year must
    tell how they were."""

    def __init__(self, tree: Tree, people: People) -> None:
        self.tree = tree
        self.paths = {row.pk: row.path for row in tree.organizations}
        left_on = {row.member.uid: row.happened_on for row in people.exits}
        self.members = [
            (
                self.paths[row.organization_id],
                row.joined_on,
                row.full_member_on,
                left_on.get(row.uid),
                row.is_mobile,
                row.state != MembershipState.SUSPENDED
                and not (row.is_lost_contact or row.is_mobile or row.is_excused),
                row.category == Category.PROBATIONARY,
            )
            for row in people.members
        ]
        held = {row.organization_id for row in tree.offices if row.post == Post.SECRETARY}
        self.vacant = {
            row.path
            for row in tree.organizations
            if row.pk not in held and row.abolished_on is None
        }

    def of(
        self, month: str, courses: Mapping[int, Course], when: Moments
    ) -> dict[str, dict[str, int]]:
        """Figure -> path -> value of the organisation with all below it, for the month's end."""
        first, last = periods.first_day(month), periods.last_day(month)
        counts: dict[str, Counter[str]] = {key: Counter() for key in _KNOWN}
        for path, joined, full, left, mobile, expected, probationary in self.members:
            if left is not None and left <= last:
                counts["members_left"][path] += left >= first
                continue
            if joined is None or joined > last:
                continue
            counts["members_on_roll"][path] += 1
            counts["members_mobile"][path] += mobile
            counts["members_expected"][path] += expected
            counts["members_probationary"][path] += probationary or (full or last) > last
            counts["members_joined"][path] += joined >= first
            counts["members_became_full"][path] += full is not None and first <= full <= last
        ending = last + dt.timedelta(days=180)
        for row in self.tree.organizations:
            if row.founded_on is None or row.founded_on > last:
                continue
            if row.abolished_on is not None and row.abolished_on <= last:
                continue
            counts["offices_vacant"][row.path] += row.path in self.vacant
            if row.term_ends_on and row.term_ends_on <= ending and not row.extended_until:
                counts["terms_ending"][row.path] += 1
            if row.is_branch:
                counts["branches"][row.path] += 1
                course = courses.get(row.pk)
                if course is not None and course.submitted_at is not None:
                    counts["reports_sent"][row.path] += 1
                    counts["reports_on_time"][row.path] += course.submitted_at <= when.late_after
        paths = list(self.paths.values())
        return {key: figures.roll_up(count, paths) for key, count in counts.items()}

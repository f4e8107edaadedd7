"""How the reports of one month went: late ones, returned ones, and a few never sent."""

import datetime as dt
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils import timezone

from core.periods import WorkCalendar
from orgs.demo.tree import Tree
from orgs.enums import BRANCH_KINDS
from orgs.models import Organization

from ..queries.openings import Moments
from . import phrases

# How the last finished month stands where the guide leads to; everywhere else it is drawn.
LAST_MONTH = {
    "湖庄村第一支部": "returned",
    "湖庄村第二支部": "submitted",
    "湖庄村第三支部": "accepted",
    "湖庄村第四支部": "missing",
    "湖庄村党总支": "submitted",
    "大黄山街道机关党支部": "submitted",
    "大黄山街道": "missing",
    "桃园社区第一支部": "accepted",
    "桃园社区第二支部": "submitted",
}
# The item that the branch of the guide is asked to mend.
GRID = "“带岗带责进网格”：12 名无职党员认领 5 个网格岗位，调解邻里纠纷 3 起。"
ROOF = "活动室屋顶渗水，影响党课使用，请街道协调施工队。"
ROOF_REASON = "请写明牵头人和计划完成日期。"
ROOF_BRANCH, ROOF_CHECKER = "湖庄村第一支部", "大黄山街道"


@dataclass
class Course:
    """How one report went: what happened to it, in order, up to now."""

    submitted_at: dt.datetime | None = None  # first
    returned_at: dt.datetime | None = None
    returned_key: str = ""
    reason: str = ""
    resent_at: dt.datetime | None = None
    accepted_at: dt.datetime | None = None

    @property
    def state(self) -> str:
        if self.accepted_at:
            return "accepted"
        if self.returned_at and not self.resent_at:
            return "returned"
        return "submitted" if self.submitted_at else "missing"


class Month:
    """Draws what became of each report of a month, up to now; nothing lies in the future.

    `age` is 0 for the last finished month, 1 for the one before. `trait` says how much can be
    relied on an organisation.
    """

    def __init__(
        self,
        tree: Tree,
        trait: Mapping[int, str],
        calendar: WorkCalendar,
        now: dt.datetime,
        *,
        rng: random.Random,
        when: Moments,
        opened: dt.datetime,
        age: int,
    ) -> None:
        self.trait, self.calendar, self.now = trait, calendar, now
        self.rng, self.when, self.opened, self.age = rng, when, opened, age
        self._zone = timezone.get_current_timezone()
        self._path = {row.pk: row.path for row in tree.organizations}

    def courses(self, organizations: Collection[Organization]) -> dict[int, Course]:
        """The course of each organisation's report, from the branches upwards: a report is
        accepted after those below it."""
        drawn: dict[int, Course] = {}
        for organization in sorted(organizations, key=lambda row: (-row.depth, row.path)):
            drawn[organization.pk] = self._course(organization, drawn)
        return drawn

    def _course(
        self,
        organization: Organization,
        courses: Mapping[int, Course],
    ) -> Course:
        when, age = self.when, self.age
        wanted = self._wanted(organization, age, courses)
        course = Course()
        if wanted == "missing":
            return course
        late = {"good": 0.03, "fair": 0.12, "poor": 0.4}[self.trait[organization.pk]]
        told = age == 0 and organization.short_name in LAST_MONTH
        if not told and self.rng.random() < late:
            day = when.due_on + dt.timedelta(days=self.rng.randint(1, 4))
            sent = self._at(day, self.rng.randint(8, 20), self.rng.randrange(60))
        else:
            last = when.due_on
            if told:  # the guide needs it sent and checked whenever the zone is made
                last = min(last, self.calendar.add_working_days(timezone.localdate(self.now), -2))
            # After the month, so that each month begins where the one before ended.
            first = when.due_on.replace(day=1)
            sent = self._working_moment(first if first <= last else self.opened.date(), last)
        if sent >= self.now:
            return course
        course.submitted_at = sent
        if wanted == "returned" or (wanted == "accepted" and self.rng.random() < 0.05):
            self._return(course, organization, sent, stays=wanted == "returned")
        if wanted == "accepted":
            since = course.resent_at or course.submitted_at
            accepted = self._after(since, self.rng.randint(1, 3))
            if accepted < self.now:
                course.accepted_at = accepted
        return course

    def _return(
        self, course: Course, organization: Organization, sent: dt.datetime, *, stays: bool
    ) -> None:
        keys = list(phrases.RETURN_REASONS)
        key = self.rng.choices(keys, (60, 25, 15))[0]
        if organization.short_name == ROOF_BRANCH and stays:
            returned = self._after(self.now - dt.timedelta(days=5), 1)
            if not sent < returned < self.now:
                returned = self._after(sent, 1)
            key, course.reason = "problems", ROOF_REASON
        else:
            returned = self._after(sent, self.rng.randint(1, 3))
            course.reason = self.rng.choice(phrases.RETURN_REASONS[key])
        if returned >= self.now:
            course.reason = ""
            return
        course.returned_at, course.returned_key = returned, key
        if not stays:
            resent = self._after(returned, self.rng.randint(1, 2))
            if resent < self.now:
                course.resent_at = resent

    def _wanted(self, organization: Organization, age: int, courses: Mapping[int, Course]) -> str:
        """What is to become of the report: accepted, submitted, returned or missing."""
        if organization.abolished_on is not None:
            return "accepted"
        if age == 0 and organization.short_name in LAST_MONTH:
            return LAST_MONTH[organization.short_name]
        trait = self.trait[organization.pk]
        if organization.kind not in BRANCH_KINDS:
            if age > 1:
                return "accepted"
            below = (
                course.state
                for pk, course in courses.items()
                if self._path[pk].startswith(organization.path)
            )
            done = all(state == "accepted" for state in below)
            return "accepted" if done and self.rng.random() < 0.85 else "submitted"
        chance = self.rng.random()
        if age > 1:
            return (
                "missing"
                if chance < {"good": 0.002, "fair": 0.01, "poor": 0.09}[trait]
                else "accepted"
            )
        if age == 1:
            limits = {"good": (0.006, 0.01), "fair": (0.03, 0.05), "poor": (0.2, 0.26)}[trait]
            return (
                "missing"
                if chance < limits[0]
                else "returned"
                if chance < limits[1]
                else "accepted"
            )
        limits3 = {"good": (0.03, 0.07, 0.2), "fair": (0.14, 0.26, 0.44), "poor": (0.5, 0.65, 0.8)}
        missing, returned, submitted = limits3[trait]
        if chance < missing:
            return "missing"
        if chance < returned:
            return "returned"
        return "submitted" if chance < submitted else "accepted"

    def _at(self, day: dt.date, hour: int, minute: int) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=self._zone)

    def _working_moment(self, first: dt.date, last: dt.date) -> dt.datetime:
        """Some working hour of the days first..last, more often late than early."""
        days = (last - first).days
        day = first + dt.timedelta(days=round(days * max(self.rng.random(), self.rng.random())))
        while not self.calendar.is_working(day) and day > first:
            day -= dt.timedelta(days=1)
        return self._at(
            day, self.rng.choice((8, 9, 9, 10, 10, 11, 14, 15, 15, 16, 17)), self.rng.randrange(60)
        )

    def _after(self, moment: dt.datetime, working_days: int) -> dt.datetime:
        """An hour of the so-manieth working day after `moment`."""
        day = self.calendar.add_working_days(timezone.localdate(moment, self._zone), working_days)
        return self._at(day, self.rng.choice((9, 10, 11, 14, 15, 16)), self.rng.randrange(60))

"""Months of reports with believable gaps: late ones, returned ones, and a few never sent."""

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from core import periods
from core.actor import Actor
from core.periods import WorkCalendar
from members.enums import Category, MembershipState
from orgs.enums import BRANCH_KINDS, OrganizationKind, Post
from orgs.models import Organization, User

from .. import figures
from ..actions.calendar import fill_from_package
from ..actions.opening import install_defaults, open_period
from ..definitions import CALENDAR_OF_WORK
from ..enums import DutyState, ItemKind, ItemState, ReportState, StepKind
from ..items import empty_value
from ..models import (
    Duty,
    MonthlyReport,
    Plan,
    ReportDefinition,
    ReportItem,
    ReportStep,
    ReportVersion,
)
from ..queries.calendar import load
from ..queries.definitions import definition_for
from ..queries.openings import Moments, concerned, moments, opens_on
from . import phrases
from .accounts import Accounts
from .people import People
from .tree import Tree

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
class _Course:
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


@dataclass
class _Rows:
    """What is to be inserted."""

    duties: list[Duty] = field(default_factory=list)
    reports: list[MonthlyReport] = field(default_factory=list)
    items: list[ReportItem] = field(default_factory=list)
    steps: list[ReportStep] = field(default_factory=list)


_DUTY_STATE = {
    "missing": DutyState.OPEN,
    "submitted": DutyState.SUBMITTED,
    "returned": DutyState.RETURNED,
    "accepted": DutyState.ACCEPTED,
}
_REPORT_STATE = {
    "missing": ReportState.DRAFT,
    "submitted": ReportState.SUBMITTED,
    "returned": ReportState.RETURNED,
    "accepted": ReportState.ACCEPTED,
}


def build_rounds(
    *,
    tree: Tree,
    people: People,
    accounts: Accounts,
    rng: random.Random,
    months: Sequence[str],
    now: dt.datetime,
    by: Actor,
) -> None:
    """Inserts the finished months with all that happened to them, and opens the current one
    (when it is among `months`) the way the portal does."""
    today = timezone.localdate(now)
    years = sorted({int(month[:4]) for month in (*months, periods.shift(months[-1], 1))})
    fill_from_package(years=years, by=by)
    plan = install_defaults(by=by)
    Plan.objects.filter(pk=plan.pk).update(starts_on=periods.first_day(months[0]))
    plan.refresh_from_db()
    rounds = _Rounds(tree, people, accounts, rng, plan, load(), now)
    current = periods.containing(today, periods.MONTH)
    rows = _Rows()
    for month in months:
        if month < current:
            rounds.add(rows, month, age=_distance(month, current) - 1)
    _insert(rows)
    if months[-1] == current:
        open_period(plan=plan, period=current, by=by)


def _insert(rows: _Rows) -> None:
    Duty.objects.bulk_create(rows.duties, batch_size=1000)
    MonthlyReport.objects.bulk_create(rows.reports, batch_size=1000)
    ReportItem.objects.bulk_create(rows.items, batch_size=1000)
    ReportStep.objects.bulk_create(rows.steps, batch_size=1000)
    ReportVersion.objects.bulk_create(_sent_versions(rows), batch_size=1000)


def _distance(earlier: str, later: str) -> int:
    return (int(later[:4]) - int(earlier[:4])) * 12 + int(later[5:7]) - int(earlier[5:7])


class _Rounds:
    def __init__(
        self,
        tree: Tree,
        people: People,
        accounts: Accounts,
        rng: random.Random,
        plan: Plan,
        calendar: WorkCalendar,
        now: dt.datetime,
    ) -> None:
        self.tree, self.people, self.accounts = tree, people, accounts
        self.rng, self.plan, self.calendar, self.now = rng, plan, calendar, now
        self.zone = timezone.get_current_timezone()
        self.numbers = Figures(tree, people)
        self._path = {row.pk: row.path for row in tree.organizations}
        self._computed: dict[tuple[str, str], Mapping[str, int]] = {}
        # How much can be relied on an organisation: most always, some mostly, a few seldom.
        self.trait = {
            row.pk: rng.choices(("good", "fair", "poor"), (82, 14, 4))[0]
            for row in tree.organizations
        }

    def add(self, rows: _Rows, month: str, *, age: int) -> None:
        """The month `age` months before the last finished one, for all it concerns."""
        when = moments(self.plan, month, self.calendar)
        opened = self._at(opens_on(self.plan, month), 0, 5)
        concerned_now = set(
            concerned(self.plan, periods.last_day(month)).values_list("pk", flat=True)
        )
        choose = definition_for(self.plan, month)
        # From the branches upwards: a report is accepted after those below it.
        courses: dict[int, _Course] = {}
        for organization in sorted(
            (row for row in self.tree.organizations if row.pk in concerned_now),
            key=lambda row: (-row.depth, row.path),
        ):
            courses[organization.pk] = self._course(organization, when, opened, age, courses)
        month_figures = self.numbers.of(month, courses, when)
        window = figures.Window(month, periods.last_day(month))
        for organization in self.tree.organizations:
            definition = choose(organization) if organization.pk in courses else None
            if definition is None:
                continue
            course = courses[organization.pk]
            duty = Duty(
                plan=self.plan,
                organization=organization,
                period=month,
                due_on=when.due_on,
                due_at=when.due_at,
                late_after=when.late_after,
                locks_at=when.locks_at,
                state=_DUTY_STATE[course.state],
                submitted_at=course.submitted_at,
                sent_at=course.resent_at or course.submitted_at,
                returned_count=1 if course.returned_at else 0,
                finished_at=course.accepted_at,
                opened_at=opened,
            )
            rows.duties.append(duty)
            self._report(rows, duty, definition, course, month_figures, window)

    # --- what happened ---------------------------------------------------------------------
    def _course(
        self,
        organization: Organization,
        when: Moments,
        opened: dt.datetime,
        age: int,
        courses: Mapping[int, _Course],
    ) -> _Course:
        """Draws how the report went; nothing lies in the future."""
        wanted = self._wanted(organization, age, courses)
        course = _Course()
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
            sent = self._working_moment(opened.date(), last)
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
        self, course: _Course, organization: Organization, sent: dt.datetime, *, stays: bool
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

    def _wanted(self, organization: Organization, age: int, courses: Mapping[int, _Course]) -> str:
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

    # --- what was written ------------------------------------------------------------------
    def _report(
        self,
        rows: _Rows,
        duty: Duty,
        definition: ReportDefinition,
        course: _Course,
        month_figures: Mapping[str, Mapping[str, int]],
        window: figures.Window,
    ) -> None:
        organization = duty.organization
        author = self.accounts.responsible.get(organization.pk)
        checker, checked_at_org = self._checker(organization, course)
        sent = course.resent_at or course.submitted_at
        checked = course.accepted_at or course.returned_at
        report = MonthlyReport(
            duty=duty,
            organization=organization,
            period=duty.period,
            definition=definition,
            state=_REPORT_STATE[course.state],
        )
        if sent is not None and course.submitted_at is not None:
            name = author.name if author else organization.contact_name
            report.spent_seconds = self.rng.randint(150, 780)
            report.started_at = course.submitted_at - dt.timedelta(
                seconds=report.spent_seconds + 60
            )
            report.figures_at = report.submitted_at = report.saved_at = sent
            report.submitted_by_id = author.pk if author else None
            report.submitted_by_name = report.saved_by_name = name
            report.revision = 2 + sum(
                moment is not None
                for moment in (course.returned_at, course.resent_at, course.accepted_at)
            )
            if checked is not None:
                report.checked_by_path = checked_at_org.path
            self._steps(rows, report, course, name, checker, checked_at_org, len(definition.items))
        rows.reports.append(report)
        for position, spec in enumerate(definition.items, start=1):
            item = ReportItem(
                report=report,
                position=position,
                key=spec["key"],
                title=spec["title"],
                kind=spec["kind"],
                value=empty_value(spec["kind"]),
            )
            if sent is not None:
                item.value = self._value(spec, duty, course, month_figures, window)
                self._mark(item, course, checker.name if checker else "")
            rows.items.append(item)

    def _mark(self, item: ReportItem, course: _Course, checker: str) -> None:
        """The item's state: as it stands after the last thing that happened to the report."""
        is_mended = item.key == course.returned_key
        if course.returned_at is None:
            item.state = ItemState.ACCEPTED if course.accepted_at else ItemState.SUBMITTED
            item.checked_at = course.accepted_at
        elif not is_mended:
            item.state, item.checked_at = ItemState.ACCEPTED, course.returned_at
        elif course.accepted_at:
            item.state, item.checked_at = ItemState.ACCEPTED, course.accepted_at
        else:
            item.state = ItemState.SUBMITTED if course.resent_at else ItemState.RETURNED
            item.return_reason, item.checked_at = course.reason, course.returned_at
        item.checked_by_name = checker if item.checked_at else ""

    def _steps(
        self,
        rows: _Rows,
        report: MonthlyReport,
        course: _Course,
        author: str,
        checker: User | None,
        checked_at_org: Organization,
        count: int,
    ) -> None:
        def step(kind: StepKind, at: dt.datetime | None, items: int, text: str = "") -> None:
            if at is None:
                return
            own = kind in (StepKind.SUBMITTED, StepKind.RESUBMITTED)
            rows.steps.append(
                ReportStep(
                    report=report,
                    kind=kind,
                    at=at,
                    by_name=author if own else checker.name if checker else "",
                    by_organization=str(report.organization if own else checked_at_org),
                    item_count=items,
                    text=text,
                )
            )

        step(StepKind.SUBMITTED, course.submitted_at, count)
        if course.returned_at is not None:
            title = next(
                spec["title"]
                for spec in report.definition.items
                if spec["key"] == course.returned_key
            )
            step(StepKind.ACCEPTED, course.returned_at, count - 1)
            step(StepKind.RETURNED, course.returned_at, 1, f"{title}：{course.reason}")
            step(StepKind.RESUBMITTED, course.resent_at, 1)
            step(StepKind.ACCEPTED, course.accepted_at, 1)
        else:
            step(StepKind.ACCEPTED, course.accepted_at, count)

    def _checker(
        self, organization: Organization, course: _Course
    ) -> tuple[User | None, Organization]:
        """Who checked, and for which organisation: the one above, as a rule."""
        above = organization.parent or organization
        if organization.short_name == ROOF_BRANCH and course.reason == ROOF_REASON:
            above = self.tree.by_short_name[ROOF_CHECKER]
        if above.kind == OrganizationKind.WORK_COMMITTEE:
            return self.accounts.by_username["zone"], above
        return self.accounts.responsible.get(above.pk), above

    def _value(
        self,
        spec: Mapping[str, Any],
        duty: Duty,
        course: _Course,
        month_figures: Mapping[str, Mapping[str, int]],
        window: figures.Window,
    ) -> dict[str, Any]:
        organization, rng = duty.organization, self.rng
        key, kind = spec["key"], spec["kind"]
        own_class, is_branch = organization.organization_class, organization.is_branch
        if kind == ItemKind.FIGURES:
            return {"figures": self._figures(spec["figures"], organization, month_figures, window)}
        unmended = course.returned_key == key and course.resent_at is None
        if key == "highlights":
            if unmended:
                return {"entries": [phrases.TOO_THIN[key]]}
            if course.reason == ROOF_REASON and organization.short_name == ROOF_BRANCH:
                return {"entries": [GRID]}
            return {"entries": phrases.highlights(rng, own_class, is_branch)}
        if unmended:
            roof = organization.short_name == ROOF_BRANCH
            return {"text": ROOF if roof and key == "problems" else phrases.TOO_THIN.get(key, "无")}
        if key == "problems":
            day = duty.due_on + dt.timedelta(days=rng.randint(5, 24))
            text = phrases.problem(
                rng,
                own_class,
                is_branch,
                who=organization.contact_name,
                by=f"{day.month}月{day.day}日",
            )
            if text == phrases.NONE and course.returned_key == key:
                text = f"牵头人：{organization.contact_name}；计划{day.month}月{day.day}日前完成。"
            return {"text": text}
        if key == "next_plan":
            month = int(periods.shift(duty.period, 1)[5:7])
            seasonal = rng.choice(CALENDAR_OF_WORK.get(month) or [""])
            return {"text": phrases.plan(rng, own_class, is_branch, seasonal=seasonal)}
        if kind == ItemKind.TEXT:
            return {"text": phrases.NONE}
        return empty_value(kind)

    def _figures(
        self,
        keys: Sequence[str],
        organization: Organization,
        month_figures: Mapping[str, Mapping[str, int]],
        window: figures.Window,
    ) -> list[dict[str, Any]]:
        found = []
        for key in keys:
            figure = figures.registered().get(key)
            if figure is None:
                continue
            values = month_figures.get(key) or self._as_now(figure, window)
            found.append(
                {
                    "key": key,
                    "label": figure.label,
                    "value": values.get(organization.path, 0),
                    "unit": figure.unit,
                    "source": figure.source,
                    "url": figure.link(organization, window) if figure.link else "",
                }
            )
        return found

    def _as_now(self, figure: figures.Figure, window: figures.Window) -> Mapping[str, int]:
        """A figure that `Figures` does not know, by the figure's own query."""
        key = (figure.key, window.period)
        if key not in self._computed:
            counts = figure.compute(self.tree.root.path, window)
            paths = [row.path for row in self.tree.organizations]
            self._computed[key] = figures.roll_up(counts, paths)
        return self._computed[key]

    # --- moments ---------------------------------------------------------------------------
    def _at(self, day: dt.date, hour: int, minute: int) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=self.zone)

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
        day = self.calendar.add_working_days(timezone.localdate(moment, self.zone), working_days)
        return self._at(day, self.rng.choice((9, 10, 11, 14, 15, 16)), self.rng.randrange(60))


class Figures:
    """The figures of past months, from the same people and reports that are in the tables.

    `figures.compute` tells how things are now; a report of last year must tell how they were.
    """

    def __init__(self, tree: Tree, people: People) -> None:
        self.tree = tree
        self.paths = {row.pk: row.path for row in tree.organizations}
        left_on = {row.member_id: row.happened_on for row in people.exits}
        self.members = [
            (
                self.paths[row.organization_id],
                row.joined_on,
                row.full_member_on,
                left_on.get(row.pk),
                row.is_mobile,
                row.state != MembershipState.SUSPENDED
                and not (row.is_lost_contact or row.is_mobile or row.is_excused),
                row.category == Category.PROBATIONARY,
            )
            for row in people.members
        ]
        held = {row.organization_id for row in people.offices if row.post == Post.SECRETARY}
        self.vacant = {
            row.path
            for row in tree.organizations
            if row.pk not in held and row.abolished_on is None
        }

    def of(
        self, month: str, courses: Mapping[int, _Course], when: Moments
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


def _sent_versions(rows: _Rows) -> list[ReportVersion]:
    """What was sent of each report that came back: superiors read that, not the draft."""
    values: dict[int, dict[str, Any]] = defaultdict(dict)
    for item in rows.items:
        values[item.report_id][item.key] = item.value
    return [
        ReportVersion(
            report=report,
            revision=report.revision,
            values=values[report.pk],
            saved_by_name=report.submitted_by_name,
            saved_by_id=report.submitted_by_id,
            saved_at=report.submitted_at,
            is_submission=True,
        )
        for report in rows.reports
        if report.state == ReportState.RETURNED and report.submitted_at is not None
    ]

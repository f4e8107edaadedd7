"""Months of reports with what was written in them, and what their checkers said."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from core import figures, periods
from core.batches import batched
from core.demo import Seeding
from core.periods import WorkCalendar
from members.demo.people import People
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.enums import OrganizationKind
from orgs.models import Organization, User

from .. import item_kinds
from ..actions import rollups
from ..actions.calendar import fill_from_package
from ..actions.opening import install_defaults, open_period
from ..definitions import CALENDAR_OF_WORK, PLAN_KEY, PLAN_KINDS
from ..enums import DutyState, ItemKind, ItemState, ReportState, StepKind
from ..models import (
    Duty,
    Plan,
    Report,
    ReportDefinition,
    ReportItem,
    ReportStep,
    ReportVersion,
)
from ..queries.books import kept
from ..queries.calendar import end_of, load
from ..queries.definitions import definition_for, empty_items
from ..queries.openings import Moments, moments, opens_on
from . import enterprise, phrases
from .courses import GRID, ROOF, ROOF_BRANCH, ROOF_CHECKER, ROOF_REASON, Course, Month
from .figures import Figures, MonthFigures

TOGETHER = 40  # organisations whose reports of an older month are written in one transaction


@dataclass
class _Rows:
    """What is to be inserted."""

    duties: list[Duty] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    items: list[ReportItem] = field(default_factory=list)
    steps: list[ReportStep] = field(default_factory=list)
    versions: list[ReportVersion] = field(default_factory=list)

    def insert(self, seeding: Seeding) -> None:
        for rows in (self.duties, self.reports, self.items, self.steps, self.versions):
            seeding.add(rows)


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


def build(seeding: Seeding) -> Mapping[str, int]:
    """The finished months among the recent ones with all that happened to them; the current one,
    when it is wanted, is opened the way the portal does."""
    if not seeding.is_again:
        first, last = seeding.months[0], seeding.months[-1]
        years = sorted({int(month[:4]) for month in (*seeding.months, periods.shift(last, 1))})
        fill_from_package(years=years, by=seeding.by)
        plan = install_defaults(by=seeding.by, forms=enterprise.forms())
        plan.starts_on = periods.first_day(first)
        seeding.update([plan], ["starts_on"])
    else:
        plan = Plan.objects.get(key=PLAN_KEY)
    rounds = Rounds(seeding, plan, load())
    seeding.keep(rounds)
    if seeding.is_again:
        return {}
    for month in seeding.recent:
        if month < rounds.current:
            for rows in rounds.rows(month):
                rows.insert(seeding)
    if seeding.months[-1] == rounds.current:
        open_period(plan=plan, period=rounds.current, by=seeding.by)
    rollups.fill(by=seeding.by)
    return {"reports": Report.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """One older month, a few organisations at a time; what is there of it stays."""
    rounds = seeding.of(Rounds)
    of_month = Duty.objects.filter(plan=rounds.plan, period=month)
    known = set(of_month.values_list("organization_id", flat=True))
    for rows in rounds.rows(month, but=known):
        with seeding.step():
            rows.insert(seeding)
    with seeding.step():
        rollups.mark(
            plan_id=rounds.plan.pk,
            period=month,
            organization_ids=of_month.values_list("organization_id", flat=True),
        )


class Rounds:
    """How the reports of every month went; other parts of the demo zone ask for `courses`."""

    def __init__(self, seeding: Seeding, plan: Plan, calendar: WorkCalendar) -> None:
        self.seeding, self.plan, self.calendar = seeding, plan, calendar
        self.tree, self.people = seeding.of(Tree), seeding.of(People)
        self.accounts = seeding.of(Accounts)
        self.current = periods.containing(seeding.today, periods.MONTH)
        self.numbers = Figures(self.tree, self.people)
        self._computed: dict[tuple[str, str], Mapping[int, int | None]] = {}
        # How much can be relied on an organisation: most always, some mostly, a few seldom.
        rng = seeding.rng("traits")
        self.trait = {
            row.pk: rng.choices(("good", "fair", "poor"), (82, 14, 4))[0]
            for row in self.tree.organizations
        }

    def rows(self, month: str, *, but: Collection[int] = ()) -> Iterator[_Rows]:
        """All rows of a finished month, a few organisations at a time; not those of `but`."""
        when, opened, concerned, courses = self.courses(month)
        self.seeding.breathe()
        month_figures = self.numbers.of(month, courses, when)
        self.seeding.breathe()
        choose = definition_for(self.plan, month)
        for some in batched(concerned, TOGETHER):
            rows = _Rows()
            for organization in some:
                definition = choose(organization)
                if definition is None or organization.pk in but:
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
                duty.phase = duty.phase_at(self.seeding.now)
                if course.state == "returned" and course.returned_at is not None:
                    mend_by = self.calendar.add_working_days(
                        timezone.localdate(course.returned_at), self.plan.mend_working_days
                    )
                    duty.mend_by, duty.mend_at = mend_by, end_of(mend_by)
                rows.duties.append(duty)
                # A generator of its own: which others are written makes no difference.
                self.rng = self.seeding.rng("reports", month, organization.path)
                self._report(rows, duty, definition, course, month_figures)
            if rows.duties:
                yield rows

    def courses(
        self, month: str
    ) -> tuple[Moments, dt.datetime, list[Organization], dict[int, Course]]:
        """When the reports of a finished month were due and opened, who had one, and how each went."""
        when = moments(self.plan, month, self.calendar)
        day = dt.datetime.combine(opens_on(self.plan, month), dt.time(0, 5))
        opened = timezone.make_aware(day)
        # By the zone as it was drawn: what people have changed since changes nothing here.
        last_day = periods.last_day(month)
        concerned = [
            row
            for row in self.tree.organizations
            if row.kind in PLAN_KINDS and row.was_there(last_day)
        ]
        drawn = Month(
            self.tree,
            self.trait,
            self.calendar,
            self.seeding.now,
            rng=self.seeding.rng("courses", month),
            when=when,
            opened=opened,
            age=_distance(month, self.current) - 1,
        )
        return when, opened, concerned, drawn.courses(concerned)

    def _report(
        self,
        rows: _Rows,
        duty: Duty,
        definition: ReportDefinition,
        course: Course,
        month_figures: MonthFigures,
    ) -> None:
        organization = duty.organization
        author = self.accounts.responsible.get(organization.pk)
        checker, checked_at_org = self._checker(organization, course)
        sent = course.resent_at or course.submitted_at
        checked = course.accepted_at or course.returned_at
        report = Report(
            duty=duty,
            organization=organization,
            period=duty.period,
            definition=definition,
            state=_REPORT_STATE[course.state],
        )
        if sent is not None and course.submitted_at is not None:
            name = author.name if author else organization.contact_name
            begun = dt.timedelta(seconds=self.rng.randint(150, 780) + 60)
            report.started_at = course.submitted_at - begun
            report.submitted_at = report.saved_at = sent
            report.figures_at = course.submitted_at  # never returned, so frozen at once
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
        values: dict[str, Any] = {}
        specs = {spec["key"]: spec for spec in definition.items}
        for item in empty_items(report):
            spec = specs[item.key]
            if sent is not None:
                item.value = self._value(spec, duty, course, month_figures)
                item.sent_text = item_kinds.told(item.kind, item.value, spec)
                self._mark(item, course, checker.name if checker else "")
            rows.items.append(item)
            values[item.key] = item.value
        if report.state == ReportState.RETURNED and report.submitted_at is not None:
            # What was sent: superiors read that, not the draft.
            rows.versions.append(
                ReportVersion(
                    report=report,
                    revision=report.revision,
                    values=values,
                    saved_by_name=report.submitted_by_name,
                    saved_by_id=report.submitted_by_id,
                    saved_at=report.submitted_at,
                    is_submission=True,
                )
            )

    def _mark(self, item: ReportItem, course: Course, checker: str) -> None:
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
        report: Report,
        course: Course,
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
        self, organization: Organization, course: Course
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
        course: Course,
        month_figures: MonthFigures,
    ) -> dict[str, Any]:
        organization, rng = duty.organization, self.rng
        key, kind = spec["key"], spec["kind"]
        own_class, is_branch = organization.organization_class, organization.is_branch
        if kind == ItemKind.FIGURES:
            at = course.submitted_at or self.seeding.now
            window = figures.Window(duty.period, timezone.localdate(at))
            return kept(self._figures(spec["figures"], duty, month_figures, at), window)
        if key in enterprise.OWN_KEYS:
            return enterprise.value(rng, spec, duty.period)
        unmended = course.returned_key == key and course.resent_at is None
        if key == "highlights":
            if unmended:
                return {"entries": [phrases.TOO_THIN[key]]}
            if course.reason == ROOF_REASON and organization.short_name == ROOF_BRANCH:
                return {"entries": [GRID]}
            lines = phrases.highlights(rng, own_class, is_branch)
            return {"entries": lines[: spec["max_entries"]]}
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
        return enterprise.short_answer(rng, spec)

    def _figures(
        self,
        keys: Sequence[str],
        duty: Duty,
        month_figures: MonthFigures,
        at: dt.datetime,
    ) -> list[dict[str, Any]]:
        found = []
        for key in keys:
            figure = figures.registered().get(key)
            if figure is None:
                continue
            value = month_figures.at(key, duty.organization, at)
            if value is None:
                value = self.seeding.figure(key, duty.organization, duty.period, at)
            if value is None:
                value = self._as_now(figure, duty)
            found.append(
                {
                    "key": key,
                    "label": figure.label,
                    "value": value,
                    "unit": figure.unit,
                    "source": figure.source,
                }
            )
        return found

    def _as_now(self, figure: figures.Figure, duty: Duty) -> int:
        """A figure that `Figures` does not know, by the figure's own query."""
        key = (figure.key, duty.period)
        if key not in self._computed:
            now = figures.Window(duty.period, self.seeding.today)
            counts = figures.values([figure.key], self.tree.organizations, now)
            self._computed[key] = counts[figure.key]
        return self._computed[key][duty.organization_id] or 0


def _distance(earlier: str, later: str) -> int:
    return (int(later[:4]) - int(earlier[:4])) * 12 + int(later[5:7]) - int(earlier[5:7])

"""What committees made of the problems that were written to them: 列入调度, and answers."""

import datetime as dt
from collections.abc import Mapping
from random import Random
from typing import Any

from django.utils import timezone

from core import periods
from core.demo import Seeding
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.enums import OrganizationKind
from orgs.models import Organization
from orgs.models.organization import STEP

from ..enums import ItemKind, ItemUse, MarkState, MarkStepKind
from ..models import ReportItem, ReportMark, ReportMarkStep

NOTES = ("请所属党委讲打算", "与去年同类问题一并研究", "请相关部门到场", "")
ANSWERS = (
    "已与有关部门协商，{day}前到现场办理，办好后由你支部确认。",
    "同意列入今年的经费安排，由组织科联系落实，{day}前答复进度。",
    "先由党总支统筹解决，{day}前仍有困难的再报。",
    "已转请街道相关科室办理，{day}前回复支部。",
    "这件事几个支部都有，党委统一协调，{day}前给出办法。",
)
OVER = dt.time(16, 30)
SHARE_OF_ZONE, SHARE_OF_COMMITTEE, SHARE_ANSWERED = 0.04, 0.10, 0.7


def build(seeding: Seeding) -> Mapping[str, int]:
    """Those of the recent months that are over."""
    if seeding.is_again:
        return {}
    current = periods.containing(seeding.today, periods.MONTH)
    for month in seeding.recent:
        if month < current:
            _write(seeding, month)
    return {"marks": ReportMark.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """Those of one older month, unless they are there."""
    with seeding.step():
        if not ReportMark.objects.filter(report__period=month).exists():
            _write(seeding, month)


def _write(seeding: Seeding, month: str) -> None:
    tree, accounts = seeding.of(Tree), seeding.of(Accounts)
    zone = tree.root
    committees = {
        one.path: one for one in tree.organizations if one.kind == OrganizationKind.DIRECT_COMMITTEE
    }
    items = (
        ReportItem.objects.filter(report__period=month, use=ItemUse.PROBLEM, kind=ItemKind.TEXT)
        .exclude(sent_text="")
        .select_related("report__organization")
        .order_by("report__organization__path")
    )
    rows: list[tuple[ReportMark, list[ReportMarkStep]]] = []
    for item in items:
        report = item.report
        # A generator of its own: which others are drawn makes no difference.
        rng = seeding.rng("marks", month, report.organization.path)
        rolled = rng.random()
        above = committees.get(report.organization.path[: len(zone.path) + STEP])
        if rolled < SHARE_OF_ZONE:
            who = accounts.by_username["zone"].name
            rows.append(_mark(seeding, rng, item, zone, who))
        elif above is not None and above.pk != report.organization_id:
            person = accounts.responsible.get(above.pk)
            if person is not None and rolled < SHARE_OF_ZONE + SHARE_OF_COMMITTEE:
                rows.append(_mark(seeding, rng, item, above, person.name))
    kept = [(mark, steps) for mark, steps in rows if steps]
    seeding.add([mark for mark, _ in kept])
    seeding.add([step for _, steps in kept for step in steps])


def _mark(
    seeding: Seeding, rng: Random, item: ReportItem, committee: Organization, name: str
) -> tuple[ReportMark, list[ReportMarkStep]]:
    """A mark some days after the report was sent, and what was done with it by now."""
    report = item.report
    first = (report.submitted_at or seeding.now) + dt.timedelta(days=2, hours=rng.randint(1, 6))
    answered = first + dt.timedelta(days=rng.randint(1, 5))
    only_answered = rng.random() < 0.3
    note, answer = rng.choice(NOTES), rng.choice(ANSWERS)
    has_answer = only_answered or rng.random() < SHARE_ANSWERED
    mark = ReportMark(
        report=report,
        item=item,
        organization=report.organization,
        committee=committee,
        text=item.sent_text,
    )
    steps: list[ReportMarkStep] = []

    def step(kind: MarkStepKind, at: dt.datetime, text: str) -> None:
        told: dict[str, Any] = {"by_name": name, "by_organization": str(committee)}
        steps.append(ReportMarkStep(mark=mark, kind=kind, at=at, text=text, **told))
        mark.revision += 1

    if not only_answered and first <= seeding.now:
        mark.state, mark.note = MarkState.MARKED, note
        mark.marked_by_name, mark.marked_at = name, first
        step(MarkStepKind.MARKED, first, note)
    if has_answer and answered <= seeding.now:
        day = timezone.localdate(answered) + dt.timedelta(days=20)
        mark.answer = answer.format(day=f"{day.month}月{day.day}日")
        mark.answered_by_name, mark.answered_at = name, answered
        step(MarkStepKind.ANSWERED, answered, mark.answer)
    # After the next meeting what it took up or passed over waits no longer.
    over = timezone.make_aware(
        dt.datetime.combine(periods.first_day(periods.shift(report.period, 2)), OVER)
    ) + dt.timedelta(days=rng.randint(9, 11))
    if mark.state == MarkState.MARKED and over <= seeding.now:
        mark.state = MarkState.UNMARKED
        step(MarkStepKind.UNMARKED, over, "")
    return mark, steps

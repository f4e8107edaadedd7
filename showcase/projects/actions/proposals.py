"""A project is proposed: what it is for, how it is measured, by which days, and handed in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.schemes.models import Scheme
from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.figures import gauged
from orgs.models import Organization
from schedules.themes.models import Theme

from ..enums import ProjectState, StepKind
from ..models import Campaign, Milestone, Project
from ..queries import indicators
from ..rules import LONGEST, MOST_MILESTONES, checked, money
from . import rights

MOST_GOAL = Decimal(100_000)


@dataclass(frozen=True, slots=True)
class Stage:
    """A milestone as it is proposed."""

    title: str
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class Proposal:
    """All that a proposal says."""

    year: int
    title: str
    problem: str
    goal: str
    measures: str
    owner_name: str
    stages: Sequence[Stage]
    background: str = ""
    figure: str = ""
    figure_goal: Decimal | None = None
    people: str = ""
    material: str = ""
    budget: Decimal = Decimal(0)
    theme: int | None = None
    campaign: int | None = None
    indicator: str = ""
    items: str = ""


@action
def create(*, organization: Organization, proposal: Proposal, by: Actor) -> Project:
    """A draft that nobody else reads. Raises NotAllowed or DomainError; the same once more, as a double
    click sends it, is the one that there is."""
    rights.expect_undertaker(organization, by)
    values = _values(organization, proposal, by)
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    alike = Project.objects.filter(organization=organization, state=ProjectState.DRAFT, **values)
    for one in alike.prefetch_related("milestones"):
        if [(row.title, row.due_on) for row in one.milestones.all()] == _stages(proposal):
            return one
    project = Project.objects.create(organization=organization, created_at=clock.now(), **values)
    _put_stages(project, proposal)
    rights.note(project, "projects.project.create", by=by)
    return project


@action
def edit(*, project: Project, revision: int, proposal: Proposal, by: Actor) -> Project:
    """Changes a proposal that is a draft or came back. Raises NotAllowed, MovedOn, Stale or
    DomainError."""
    project = rights.locked(project.pk)
    rights.expect_undertaker(project.organization, by)
    values = _values(project.organization, proposal, by, project)
    changes = audit.changed({name: getattr(project, name) for name in values}, values)
    Project.machine.move(project, "edit", revision=revision, **values)
    _put_stages(project, proposal)
    rights.note(project, "projects.project.edit", by=by, changes=changes)
    return project


@action
def submit(*, project: Project, by: Actor) -> Project:
    """Hands the proposal in. Raises NotAllowed, MovedOn or DomainError."""
    project = rights.locked(project.pk)
    rights.expect_undertaker(project.organization, by)
    Project.machine.expect(project, "submit")
    if project.milestones.filter(due_on__lt=clock.today()).exists():
        raise DomainError("有的节点日期已经过去，请先改日子再申报。")
    step = rights.step(project, StepKind.SUBMIT)
    Project.machine.move(project, "submit", step=step, by=by)
    rights.note(project, "projects.project.submit", by=by)
    return project


def _values(
    organization: Organization, proposal: Proposal, by: Actor, kept: Project | None = None
) -> dict[str, Any]:
    one = proposal
    this_year = clock.today().year
    if one.year not in (this_year, this_year + 1):
        raise DomainError("请选今年或明年。", field="year")
    figure, figure_goal = _figure(one)
    theme = campaign = None
    if one.theme is not None:
        theme = Theme.objects.visible_to(by).filter(pk=one.theme).first()
        if theme is None:
            raise DomainError("没有这个季度主题，请重新选择。", field="theme")
    if one.campaign is not None:
        campaign = Campaign.objects.visible_to(by).filter(pk=one.campaign).first()
        if campaign is None:
            raise DomainError("没有这个专项行动，请重新选择。", field="campaign")
    said = checked
    scheme, key, name = _indicator(one.indicator, kept, by)
    return {
        "year": one.year,
        "title": said(one.title, "title", 4, 40, "项目名称"),
        "background": said(one.background, "background", 0, LONGEST, "背景"),
        "problem": said(one.problem, "problem", 4, LONGEST, "要解决的问题"),
        "goal": said(one.goal, "goal", 4, 300, "目标"),
        "figure": figure,
        "figure_goal": figure_goal,
        "measures": said(one.measures, "measures", 4, LONGEST, "措施"),
        "owner_name": said(one.owner_name, "owner_name", 2, 40, "负责人"),
        "people": said(one.people, "people", 0, 200, "人员"),
        "material": said(one.material, "material", 0, 200, "物资"),
        "budget": money(one.budget, "budget"),
        "theme": theme,
        "campaign": campaign,
        "scheme": scheme,
        "indicator_key": key,
        "indicator": name,
        "items": said(one.items, "items", 0, 120, "督办文号"),
    }


def _indicator(word: str, kept: Project | None, by: Actor) -> tuple[Scheme | None, str, str]:
    """The indicator that was chosen: of the schemes in force, or the one that stood there before."""
    if not word:
        return None, "", ""
    if kept is not None and word == kept.indicator_word:
        return kept.scheme, kept.indicator_key, kept.indicator
    found = indicators.called(by, word)
    if found is None:
        raise DomainError("没有这个考核指标，请重新选择。", field="indicator")
    return found


def _figure(proposal: Proposal) -> tuple[str, Decimal | None]:
    if not proposal.figure:
        return "", None
    known = gauged()
    if proposal.figure not in known:
        raise DomainError("没有这样的数，请重新选择。", field="figure")
    goal = proposal.figure_goal
    most = Decimal(100) if known[proposal.figure][1].of else MOST_GOAL
    if goal is None or not goal.is_finite() or not 0 <= goal <= most:
        raise DomainError(f"选了数，就写目标：0 至 {most}。", field="figure_goal")
    return proposal.figure, goal.quantize(Decimal("0.01"))


def _stages(proposal: Proposal) -> list[tuple[str, dt.date]]:
    if not proposal.stages:
        raise DomainError("至少写一个节点：做成什么、到哪天。", field="stage_0")
    if len(proposal.stages) > MOST_MILESTONES:
        raise DomainError(f"最多 {MOST_MILESTONES} 个节点。", field="stage_0")
    first, last = dt.date(proposal.year, 1, 1), dt.date(proposal.year, 12, 31)
    found: list[tuple[str, dt.date]] = []
    for number, one in enumerate(proposal.stages):
        title = checked(one.title, f"stage_{number}", 2, 60, "节点")
        if not first <= one.due_on <= last:
            raise DomainError(
                f"项目要在 {proposal.year} 年内办完，请选这一年里的一天。", field=f"due_{number}"
            )
        if found and one.due_on < found[-1][1]:
            raise DomainError("节点按先后写，不能早于上一个。", field=f"due_{number}")
        found.append((title, one.due_on))
    return found


def _put_stages(project: Project, proposal: Proposal) -> None:
    stages = _stages(proposal)
    project.milestones.all().delete()
    Milestone.objects.bulk_create(
        [
            Milestone(project=project, position=number, title=title, due_on=due)
            for number, (title, due) in enumerate(stages, 1)
        ]
    )

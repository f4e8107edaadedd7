"""A project is looked at before the review, approved or not, its requests answered, its end graded."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from orgs.models import Organization
from showcase.panels.actions import panels
from showcase.panels.models import Panel

from ..enums import Ask, Grade, ProjectState, StepKind
from ..models import Milestone, Project, ProjectRequest
from ..models.project import KIND
from ..queries.measuring import now_of
from ..queries.reviews import review_of
from ..rules import checked
from . import asking, rights


def _outcome(outcome: str) -> dict[str, Any]:
    """What the audit entry says of a decision, in words."""
    if outcome in Grade.values:
        return {"grade": [None, Grade(outcome).label]}
    return {"outcome": [None, Project.machine.moves[outcome].words]}


NOT_PASSED = {"return": StepKind.RETURN, "reject": StepKind.REJECT}


@action
def check(
    *,
    project: Project,
    revision: int,
    outcome: str,
    opinion: str,
    people: Collection[int],
    due_on: dt.date | None,
    by: Actor,
) -> Project:
    """Before the review: passed to a panel of named people, returned with reasons, or rejected. Raises
    NotAllowed, MovedOn, Stale or DomainError."""
    project = rights.locked(project.pk)
    rights.expect_decider(project, by)
    if outcome in NOT_PASSED:
        Project.machine.expect(project, "pass", revision)
        _not_passed(project, revision, outcome, opinion, by)
    elif outcome == "pass":
        if due_on is None:
            raise DomainError("请定评审截止的日子。", field="due_on")
        text = checked(opinion, "opinion", 0, 400, "意见")
        step = rights.step(project, StepKind.PASS, text)
        Project.machine.move(project, "pass", revision=revision, step=step, by=by, opinion=text)
        panels.open_panel(
            kind=KIND,
            subject=project.uid,
            organization=Organization.objects.get(pk=by.organization_id or 0),
            judged=project.organization,
            title=str(project),
            people=people,
            due_on=due_on,
            by=by,
        )
    else:
        raise DomainError("请选一个结论。", field="outcome")
    rights.note(project, "projects.project.check", by=by, changes=_outcome(outcome))
    return project


@action
def decide(*, project: Project, revision: int, outcome: str, opinion: str, by: Actor) -> Project:
    """Approved, with the days of its milestones kept as they are now; returned; or rejected. Only
    when the panel is over. Raises NotAllowed, MovedOn, Stale, Conflict or DomainError."""
    project = rights.locked(project.pk)
    rights.expect_decider(project, by)
    Project.machine.expect(project, "approve", revision)
    panel = review_of(project)
    if panel is None or not panel.is_closed:
        raise Conflict("评审还没有结束，结束以后再定。")
    if outcome in NOT_PASSED:
        _not_passed(project, revision, outcome, opinion, by)
    elif outcome == "approve":
        text = checked(opinion, "opinion", 0, 400, "意见")
        told: dict[str, Any] = {"opinion": text, "approved_on": clock.today()}
        if project.figure:
            told["figure_start"] = now_of(project.figure, project.organization)
        step = rights.step(project, StepKind.APPROVE, text)
        Project.machine.move(project, "approve", revision=revision, step=step, by=by, **told)
        for one in project.milestones.all():
            Milestone.objects.filter(pk=one.pk).update(baseline_on=one.due_on)
        asking.follow(project=project, by=by)
    else:
        raise DomainError("请选一个结论。", field="outcome")
    rights.note(project, "projects.project.decide", by=by, changes=_outcome(outcome))
    return project


def _not_passed(project: Project, revision: int, outcome: str, opinion: str, by: Actor) -> None:
    text = checked(opinion, "opinion", 4, 400, "写明理由")
    step = rights.step(project, NOT_PASSED[outcome], text)
    Project.machine.move(project, outcome, revision=revision, step=step, by=by, opinion=text)


@action
def reopen_check(*, project: Project, by: Actor) -> None:
    """Its panel was cancelled: it waits for the look before the review again."""
    project = rights.locked(project.pk)
    if project.state == ProjectState.REVIEW:
        Project.machine.move(project, "unpass")
        rights.note(project, "projects.project.check", by=by, changes=_outcome("unpass"))


def panel_cancelled(panel: Panel, by: Actor) -> None:
    """What the panel's end without a result means for its project."""
    project = Project.objects.filter(uid=panel.subject).first()
    if project is not None:
        reopen_check(project=project, by=by)


@action
def answer(
    *, request: ProjectRequest, revision: int, outcome: str, answer: str, by: Actor
) -> ProjectRequest:
    """A request is granted, which moves the day or ends the project, or refused. Raises NotAllowed,
    MovedOn, Stale or DomainError."""
    project = rights.locked(request.project_id)
    rights.expect_decider(project, by)
    if outcome not in ("grant", "refuse"):
        raise DomainError("请选同意或不同意。", field="outcome")
    text = checked(answer, "answer", 4 if outcome == "refuse" else 0, 200, "批复")
    ProjectRequest.machine.expect(request, outcome)
    kind = StepKind.GRANT if outcome == "grant" else StepKind.REFUSE
    step = rights.step(project, kind, f"{request.get_kind_display()}{'：' if text else ''}{text}")
    ends = outcome == "grant" and request.kind == Ask.TERMINATION
    told: dict[str, Any] = {"closed_on": clock.today()} if ends else {}
    move = "terminate" if ends else "work"
    Project.machine.move(project, move, revision=revision, step=step, by=by, **told)
    ProjectRequest.machine.move(
        request,
        outcome,
        answer=text,
        decided_by_name=by.name[:100],
        decided_at=clock.now(),
    )
    if outcome == "grant" and request.kind == Ask.EXTENSION and request.milestone_id:
        _extend(project, request)
    said = ProjectRequest.machine.moves[outcome].words
    changes = {"kind": [None, request.get_kind_display()], "outcome": [None, said]}
    rights.note(project, "projects.request.decide", by=by, changes=changes)
    asking.follow(project=project, by=by)
    return request


def _extend(project: Project, request: ProjectRequest) -> None:
    rows = Milestone.objects.filter(project=project)
    asked = rows.get(pk=request.milestone_id or 0)
    rows.filter(pk=asked.pk).update(due_on=request.due_on)
    # What comes after cannot be due before.
    rows.filter(position__gt=asked.position, due_on__lt=request.due_on).update(
        due_on=request.due_on
    )


@action
def grade(*, project: Project, revision: int, outcome: str, judgement: str, by: Actor) -> Project:
    """The closing is accepted with a grade, or goes back to be completed. Raises NotAllowed, MovedOn,
    Stale or DomainError."""
    project = rights.locked(project.pk)
    rights.expect_decider(project, by)
    Project.machine.expect(project, "grade", revision)
    text = checked(judgement, "judgement", 4, 400, "验收意见")
    told: dict[str, Any] = {"judgement": text}
    if outcome == "resume":
        step = rights.step(project, StepKind.RETURN, text)
        Project.machine.move(project, "resume", revision=revision, step=step, by=by, **told)
    elif outcome in Grade.values:
        told |= {"grade": outcome, "closed_on": clock.today()}
        if project.figure:
            told["figure_end"] = now_of(project.figure, project.organization)
        step = rights.step(project, StepKind.GRADE, f"{Grade(outcome).label}：{text}")
        Project.machine.move(project, "grade", revision=revision, step=step, by=by, **told)
    else:
        raise DomainError("请选一个等次。", field="outcome")
    rights.note(project, "projects.project.grade", by=by, changes=_outcome(outcome))
    return project


@action
def settle(*, project: Project, revision: int, outcome: str, by: Actor) -> Project:
    """What was closed is spread to others, or put away. Raises NotAllowed, MovedOn, Stale or
    DomainError."""
    project = rights.locked(project.pk)
    rights.expect_decider(project, by)
    if outcome not in ("spread", "archive"):
        raise DomainError("请选推广或归档。", field="outcome")
    Project.machine.expect(project, outcome, revision)
    if outcome == "spread" and project.grade == Grade.FAILED:
        raise DomainError("不合格的项目不能推广。", field="outcome")
    step = rights.step(project, StepKind.SPREAD if outcome == "spread" else StepKind.ARCHIVE)
    Project.machine.move(project, outcome, revision=revision, step=step, by=by)
    rights.note(project, "projects.project.settle", by=by, changes=_outcome(outcome))
    return project

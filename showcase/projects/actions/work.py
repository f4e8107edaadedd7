"""A project under way: milestones done, money spent, what is asked for, mid-term and closing."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError

from ..enums import Ask, AskState, StepKind
from ..models import Milestone, MilestoneFinish, Project, ProjectRequest, Spending
from ..rules import checked, money, not_ahead, yuan
from . import asking, rights


@action
def finish(
    *, milestone: Milestone, revision: int, done_on: dt.date, evidence: str, by: Actor
) -> Project:
    """A milestone is done, with what shows it. Raises NotAllowed, MovedOn, Stale or DomainError."""
    project = rights.locked(milestone.project_id)
    rights.expect_undertaker(project.organization, by)
    Milestone.machine.expect(milestone, "finish")
    day = not_ahead(done_on, "done_on", project.approved_on)
    text = checked(evidence, "evidence", 4, 200, "凭什么说完成")
    step = rights.step(project, StepKind.DONE, f"{milestone}：{text}")
    Project.machine.move(project, "work", revision=revision, step=step, by=by)
    Milestone.machine.move(milestone, "finish", done_on=day, evidence=text)
    MilestoneFinish.objects.create(milestone=milestone, done_on=day, said_at=clock.now())
    changes = {"milestone": [None, milestone.position], "done_on": [None, day]}
    rights.note(project, "projects.milestone.done", by=by, changes=changes)
    asking.follow(project=project, by=by)
    return project


@action
def reopen(*, milestone: Milestone, by: Actor) -> Project:
    """A milestone that was called done is not. Raises NotAllowed or MovedOn."""
    project = rights.locked(milestone.project_id)
    rights.expect_undertaker(project.organization, by)
    Milestone.machine.move(milestone, "reopen", done_on=None)
    MilestoneFinish.objects.filter(milestone=milestone, undone_at=None).update(
        undone_at=clock.now()
    )
    step = rights.step(project, StepKind.REOPEN, str(milestone))
    Project.machine.move(project, "work", step=step, by=by)
    changes = {"milestone": [None, milestone.position]}
    rights.note(project, "projects.milestone.reopen", by=by, changes=changes)
    asking.follow(project=project, by=by)
    return project


@action
def ask(
    *,
    project: Project,
    revision: int,
    kind: str,
    position: int | None,
    due_on: dt.date | None,
    reason: str,
    by: Actor,
) -> ProjectRequest:
    """A change, an extension or the end is asked for; one at a time. Raises NotAllowed, MovedOn, Stale,
    Conflict or DomainError."""
    project = rights.locked(project.pk)
    rights.expect_undertaker(project.organization, by)
    Project.machine.expect(project, "work", revision)
    if kind not in Ask.values:
        raise DomainError("请选申请什么。", field="kind")
    text = checked(reason, "reason", 4, 400, "理由")
    milestone = None
    if kind == Ask.EXTENSION:
        milestone = project.milestones.filter(position=position or 0, is_done=False).first()
        if milestone is None:
            raise DomainError("请选要延期的节点。", field="position")
        if due_on is None or due_on <= max(milestone.due_on, clock.today()):
            raise DomainError("延到的日子应晚于现在的期限和今天。", field="due_on")
        if due_on.year > project.year + 1:
            raise DomainError(f"最晚延到 {project.year + 1} 年底。", field="due_on")
    if project.requests.filter(state=AskState.WAITING).exists():
        raise Conflict("上一项申请还没有批，批了以后再提。")
    request = ProjectRequest.objects.create(
        project=project,
        kind=kind,
        milestone=milestone,
        due_on=due_on if milestone else None,
        reason=text,
        asked_by_name=by.name[:100],
        asked_at=clock.now(),
    )
    step = rights.step(project, StepKind.ASK, f"{request}：{text}")
    Project.machine.move(project, "work", revision=revision, step=step, by=by)
    rights.note(
        project, "projects.request.ask", by=by, changes={"kind": [None, request.get_kind_display()]}
    )
    return request


@action
def spend(
    *, project: Project, revision: int, on: dt.date, amount: Decimal, what: str, by: Actor
) -> Spending:
    """Money that was spent is written down, once. Raises NotAllowed, MovedOn, Stale or DomainError."""
    project = rights.locked(project.pk)
    rights.expect_undertaker(project.organization, by)
    Project.machine.expect(project, "spend", revision)
    day = not_ahead(on, "on")
    if day.year < project.year - 1:
        raise DomainError("这一天不在项目的年度里。", field="on")
    sum_ = money(amount, "amount", Decimal("0.01"))
    text = checked(what, "what", 2, 60, "用途")
    row = Spending.objects.create(
        project=project, on=day, amount=sum_, what=text, by_name=by.name[:100], at=clock.now()
    )
    step = rights.step(project, StepKind.SPEND, f"{text} {yuan(sum_)} 元")
    Project.machine.move(project, "spend", revision=revision, step=step, by=by)
    rights.note(project, "projects.money.add", by=by, changes={"amount": [None, str(sum_)]})
    return row


@action
def midterm(*, project: Project, revision: int, text: str, by: Actor) -> Project:
    """What was found at mid-term, by who decides. Raises NotAllowed, MovedOn, Stale or DomainError."""
    project = rights.locked(project.pk)
    rights.expect_decider(project, by)
    said = checked(text, "text", 4, 400, "检查情况")
    step = rights.step(project, StepKind.MIDTERM, said)
    told: dict[str, Any] = {"midterm": said, "midterm_on": clock.today()}
    Project.machine.move(project, "work", revision=revision, step=step, by=by, **told)
    rights.note(project, "projects.project.midterm", by=by)
    return project


@action
def close(
    *, project: Project, revision: int, closing: str, satisfaction: int, by: Actor
) -> Project:
    """The closing is asked for: what came of it, and how many of a hundred were satisfied. Raises
    NotAllowed, MovedOn, Stale, Conflict or DomainError."""
    project = rights.locked(project.pk)
    rights.expect_undertaker(project.organization, by)
    Project.machine.expect(project, "close", revision)
    open_ones = project.milestones.filter(is_done=False).count()
    if open_ones:
        raise Conflict(f"还有 {open_ones} 个节点没有完成，先完成或申请延期、变更。")
    if project.requests.filter(state=AskState.WAITING).exists():
        raise Conflict("有一项申请还没有批，批了以后再结项。")
    text = checked(closing, "closing", 4, 1000, "做成了什么、凭什么")
    if not 0 <= satisfaction <= 100:
        raise DomainError("满意率应为 0 至 100。", field="satisfaction")
    step = rights.step(project, StepKind.CLOSE, f"满意率 {satisfaction}%")
    told: dict[str, Any] = {"closing": text, "satisfaction": satisfaction}
    Project.machine.move(project, "close", revision=revision, step=step, by=by, **told)
    changes = {"satisfaction": [None, satisfaction]}
    rights.note(project, "projects.project.close", by=by, changes=changes)
    return project

import datetime as dt

from django.db import models
from django.db.models import Q

from core.models import Attachment
from core.models.step import Step
from core.privacy import Personal
from core.states import Machine, Move

from ..enums import Ask, AskState, ProjectState, StepKind
from .project import Project


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def late(self, today: dt.date) -> "MilestoneQuerySet":
        """Those of projects that run whose day is over and which are not done."""
        return self.open_until(today - dt.timedelta(days=1))

    def open_until(self, day: dt.date) -> "MilestoneQuerySet":
        """Those of projects that run which are not done and due until a day."""
        running = ProjectState.RUNNING
        return self.filter(project__state=running, is_done=False, due_on__lte=day)


class Milestone(models.Model):
    """节点: a step of a project with its day. The day first approved stays beside the present one."""

    PRIVACY = {
        "title": Personal("what is done by the day; may name people"),
        "evidence": Personal("what shows that it was done; may name people"),
    }

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField("次序")
    title = models.CharField("节点", max_length=60)
    due_on = models.DateField("到哪天")
    baseline_on = models.DateField("原定", null=True)
    is_done = models.BooleanField("已完成", default=False)
    done_on = models.DateField("完成于", null=True)
    evidence = models.CharField("凭什么说完成", max_length=200, blank=True)

    objects = MilestoneQuerySet.as_manager()
    machine = Machine(
        state="is_done",
        moves={
            "finish": Move("完成", from_=[False], to=True, refusal="这个节点已经记为完成。"),
            "reopen": Move("重新打开", from_=[True], to=False, refusal="这个节点已经重新打开。"),
        },
    )

    class Meta:
        verbose_name = verbose_name_plural = "项目节点"
        ordering = ["project", "position"]
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="milestone_in_order"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def revision(self) -> int:
        """Of its project, whose row is everybody's lock."""
        return self.project.revision


class MilestoneFinish(models.Model):
    """One time that a milestone was called done: on which day, said when, and taken back when. Of a past
    moment it tells what was known then."""

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="finishes")
    done_on = models.DateField("完成于")
    said_at = models.DateTimeField("记于")
    undone_at = models.DateTimeField("重新打开于", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "节点完成记录"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["milestone"], condition=Q(undone_at=None), name="milestone_finished_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.done_on}"


class ProjectRequest(models.Model):
    """申请: a change, an extension or the end of a project, which who approved it decides."""

    PRIVACY = {
        "reason": Personal("why it is asked for; may name people"),
        "asked_by_name": Personal("to know who asked"),
        "answer": Personal("why it was decided so; may name people"),
        "decided_by_name": Personal("to know who decided"),
    }

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="requests")
    kind = models.CharField("申请什么", max_length=12, choices=Ask)
    milestone = models.ForeignKey(
        Milestone, null=True, on_delete=models.CASCADE, related_name="+", verbose_name="节点"
    )
    due_on = models.DateField("延到哪天", null=True)
    reason = models.CharField("理由", max_length=400)
    state = models.CharField("状态", max_length=10, choices=AskState, default=AskState.WAITING)
    asked_by_name = models.CharField(max_length=100)
    asked_at = models.DateTimeField("提出于")
    answer = models.CharField("批复", max_length=200, blank=True)
    decided_by_name = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField("批于", null=True)

    machine = Machine(
        state="state",
        moves={
            "grant": Move("同意", from_=[AskState.WAITING], to=AskState.GRANTED),
            "refuse": Move("不同意", from_=[AskState.WAITING], to=AskState.REFUSED),
        },
        refusal="这项申请已经批过：{state}。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "项目申请"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(state="waiting"), name="one_request_waits"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def revision(self) -> int:
        """Of its project, whose row is everybody's lock."""
        return self.project.revision


class Spending(models.Model):
    """支出: money spent on a project, once each."""

    PRIVACY = {
        "what": Personal("what was paid for; may name people"),
        "by_name": Personal("to know who wrote it down"),
    }

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="spendings")
    on = models.DateField("哪天")
    amount = models.DecimalField("金额（元）", max_digits=10, decimal_places=2)
    what = models.CharField("用途", max_length=60)
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "项目支出"
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return f"{self.what} {self.amount}"


class ProjectAttachment(Attachment):
    """A file that shows that a milestone was done or, without one, what came of the project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="attachments")
    milestone = models.ForeignKey(
        Milestone, null=True, on_delete=models.CASCADE, related_name="attachments"
    )

    class Meta:
        verbose_name = verbose_name_plural = "项目附件"
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "sha256"],
                condition=Q(state="ready"),
                name="milestone_attachment_once",
            ),
            models.UniqueConstraint(
                fields=["project", "sha256"],
                condition=Q(state="ready", milestone=None),
                name="project_attachment_once",
            ),
        ]


class MilestoneNotice(models.Model):
    """That somebody was told of a milestone's day in a digest: of each stage once."""

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="notices")
    user_id = models.BigIntegerField()
    stage = models.CharField(max_length=40)
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "节点提醒"
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "user_id", "stage"], name="milestone_notice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.stage}"


class ProjectStep(Step):
    """One step of a project's way."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=StepKind)

    class Meta(Step.Meta):
        verbose_name = verbose_name_plural = "项目经过"

    def __str__(self) -> str:
        return self.get_kind_display()

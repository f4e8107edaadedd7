import uuid
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission
from showcase.panels.queries.seats import judged_by

from ..enums import Grade
from ..enums import ProjectState as S
from ..rules import LONGEST

KIND = "project"  # of what panels judge
WRITTEN = (S.DRAFT, S.RETURNED)
UNDER_WAY = (S.RUNNING, S.CLOSING)
APPROVED = (*UNDER_WAY, S.CLOSED, S.SPREAD, S.ARCHIVED, S.TERMINATED)
OVER = (S.REJECTED, S.CLOSED, S.SPREAD, S.ARCHIVED, S.TERMINATED)


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, actor: Actor | None) -> "ProjectQuerySet":
        """Those of the actor's scope, a draft only for who writes it; and those that he judges."""
        if actor is None:
            return self.none()
        own = in_scope(actor, Permission.PROJECT_EDIT) & Q(organization=actor.organization_id)
        told = in_scope(actor, Permission.PROJECT_VIEW) & ~Q(state=S.DRAFT)
        return self.filter(own | told | Q(uid__in=judged_by(actor, KIND)))

    def under_way(self) -> "ProjectQuerySet":
        """Approved, and neither closed nor ended."""
        return self.filter(state__in=UNDER_WAY)

    def not_over(self) -> "ProjectQuerySet":
        """Those of which somebody still has to do something."""
        return self.exclude(state__in=OVER)


class Project(models.Model):
    """党建项目 (书记项目): a problem, a measurable goal, and the days by which it is solved."""

    PRIVACY = {
        "owner_name": Personal("who answers for the project"),
        "background": Personal("why it is needed; may name people"),
        "problem": Personal("what it is to solve; may name people"),
        "goal": Personal("what it is to reach; may name people"),
        "measures": Personal("what is done; may name people"),
        "people": Personal("who works on it"),
        "material": Personal("what is needed; may name people"),
        "opinion": Personal("what was said when it was decided on; may name people"),
        "midterm": Personal("what was found at mid-term; may name people"),
        "closing": Personal("what came of it; may name people"),
        "judgement": Personal("why it was graded so; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="承担单位"
    )
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("项目名称", max_length=40)
    background = models.CharField("背景", max_length=LONGEST, blank=True)
    problem = models.CharField("要解决的问题", max_length=LONGEST)
    goal = models.CharField("目标", max_length=300)
    # A registered figure by which it is measured, where there is one: read, never typed.
    figure = models.CharField("对应的数", max_length=60, blank=True)
    figure_goal = models.DecimalField("目标数", max_digits=8, decimal_places=2, null=True)
    figure_start = models.DecimalField("立项时", max_digits=12, decimal_places=2, null=True)
    figure_end = models.DecimalField("验收时", max_digits=12, decimal_places=2, null=True)
    measures = models.CharField("措施", max_length=LONGEST)
    owner_name = models.CharField("负责人", max_length=40)
    people = models.CharField("人员", max_length=200, blank=True)
    material = models.CharField("物资", max_length=200, blank=True)
    budget = models.DecimalField("预算", max_digits=10, decimal_places=2, default=Decimal(0))
    theme = models.ForeignKey(
        "themes.Theme",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="季度主题",
    )
    campaign = models.ForeignKey(
        "projects.Campaign",
        null=True,
        on_delete=models.PROTECT,
        related_name="projects",
        verbose_name="专项行动",
    )
    # The indicator of an assessment that it serves: whose scheme, its key there, its words as they were.
    scheme = models.ForeignKey(
        "schemes.Scheme",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="考核细则",
    )
    indicator_key = models.CharField(max_length=40, blank=True, editable=False)
    indicator = models.CharField("考核指标", max_length=60, blank=True)
    items = models.CharField("督办文号", max_length=120, blank=True)
    state = models.CharField("状态", max_length=10, choices=S, default=S.DRAFT)
    opinion = models.CharField("审批意见", max_length=400, blank=True)
    midterm = models.CharField("中期检查", max_length=400, blank=True)
    midterm_on = models.DateField("中期检查于", null=True)
    closing = models.CharField("结项材料", max_length=LONGEST, blank=True)
    satisfaction = models.PositiveSmallIntegerField("满意率", null=True)
    grade = models.CharField("等次", max_length=10, choices=Grade, blank=True)
    judgement = models.CharField("验收意见", max_length=400, blank=True)
    created_at = models.DateTimeField("拟于")
    approved_on = models.DateField("立项于", null=True)
    closed_on = models.DateField("结项于", null=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ProjectQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "edit": Move("修改", from_=WRITTEN),
            "submit": Move("申报", from_=WRITTEN, to=S.SUBMITTED),
            "pass": Move("预审通过", from_=[S.SUBMITTED], to=S.REVIEW),
            "unpass": Move("评审取消，重新预审", from_=[S.REVIEW], to=S.SUBMITTED),
            "return": Move("退回", from_=[S.SUBMITTED, S.REVIEW], to=S.RETURNED),
            "reject": Move("不予立项", from_=[S.SUBMITTED, S.REVIEW], to=S.REJECTED),
            "approve": Move("批准立项", from_=[S.REVIEW], to=S.RUNNING),
            "work": Move("实施", from_=[S.RUNNING]),
            "spend": Move("登记支出", from_=UNDER_WAY),
            "close": Move("申请结项", from_=[S.RUNNING], to=S.CLOSING),
            "resume": Move("退回补充", from_=[S.CLOSING], to=S.RUNNING),
            "grade": Move("验收", from_=[S.CLOSING], to=S.CLOSED),
            "spread": Move("推广", from_=[S.CLOSED], to=S.SPREAD),
            "archive": Move("归档", from_=[S.CLOSED, S.SPREAD], to=S.ARCHIVED),
            "terminate": Move("终止", from_=[S.RUNNING], to=S.TERMINATED),
        },
        refusal="这个项目现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚办过这个项目。刚才填写的内容还在下面，请对照最新情况核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "党建项目"
        ordering = ["-year", "-pk"]
        indexes = [models.Index(fields=["organization", "year"], name="project_of_year")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:project-detail", args=[self.uid])

    @property
    def is_written(self) -> bool:
        """Whether its text can still be changed without asking."""
        return self.state in WRITTEN

    @property
    def indicator_word(self) -> str:
        """Its indicator as a form carries it; what was typed before there were any to choose from stands
        without a scheme."""
        return f"{self.scheme_id or 0}:{self.indicator_key}" if self.indicator else ""

    @property
    def is_approved(self) -> bool:
        """Whether it was approved, whatever became of it."""
        return self.state in APPROVED

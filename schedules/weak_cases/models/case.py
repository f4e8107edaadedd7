import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.models.step import Step
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import OPEN, TOLD, CaseState, StepKind
from ..rules import WORDS, look_due
from .criterion import Criterion


class WeakCaseQuerySet(models.QuerySet["WeakCase"]):
    def visible_to(self, actor: Actor | None) -> "WeakCaseQuerySet":
        """Those of the actor's scope once they are decided; before, for those above who run them and
        never for the organisation itself."""
        if actor is None:
            return self.none()
        told = in_scope(actor, Permission.WEAK_CASE_VIEW) & Q(state__in=TOLD)
        return self.filter(told | self._run_by(actor))

    def run_by(self, actor: Actor) -> "WeakCaseQuerySet":
        """Those that the actor decides on and plans: of organisations below his own."""
        return self.filter(self._run_by(actor))

    @staticmethod
    def _run_by(actor: Actor) -> Q:
        return in_scope(actor, Permission.WEAK_CASE_RUN) & ~Q(
            organization=actor.organization_id or 0
        )

    def under_way(self) -> "WeakCaseQuerySet":
        """Neither declined nor ended."""
        return self.filter(state__in=OPEN)


class WeakCase(models.Model):
    """软弱涣散基层党组织整顿: an organisation that was found weak, how it is put right, and the year
    in which it is followed. Its measures are action items."""

    PRIVACY = {
        "reason": Personal("why it was decided so; may name people"),
        "leader_name": Personal("to know which leader answers for it"),
        "override_reason": Personal("why it was accepted before all was done; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="单位"
    )
    state = models.CharField("状态", max_length=10, choices=CaseState, default=CaseState.PROPOSED)
    round = models.PositiveSmallIntegerField("第几轮", default=1)
    opened_on = models.DateField("提出日期")
    decided_on = models.DateField("认定日期", null=True)
    reason = models.CharField("认定理由", max_length=WORDS, blank=True)
    leader_name = models.CharField("包联领导", max_length=50, blank=True)
    accepted_on = models.DateField("验收日期", null=True)
    override_reason = models.CharField("破例理由", max_length=WORDS, blank=True)
    half_on = models.DateField("半年回访", null=True)
    ended_on = models.DateField("结束日期", null=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = WeakCaseQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "decide": Move("认定", from_=[CaseState.PROPOSED], to=CaseState.DECIDED),
            "decline": Move("不予认定", from_=[CaseState.PROPOSED], to=CaseState.DECLINED),
            "plan": Move("定方案", from_=[CaseState.DECIDED], to=CaseState.RIGHTING),
            "accept": Move("验收通过", from_=[CaseState.RIGHTING], to=CaseState.FOLLOWED),
            "send_back": Move("验收没有通过", from_=[CaseState.RIGHTING], to=CaseState.DECIDED),
            "last": Move("半年回访", from_=[CaseState.FOLLOWED]),
            "end": Move("结束", from_=[CaseState.FOLLOWED], to=CaseState.ENDED),
            "relapse": Move("反弹", from_=[CaseState.FOLLOWED], to=CaseState.DECIDED),
            "inherit": Move("随合并转入", from_=OPEN),
            "absorb": Move("随合并结束", from_=OPEN, to=CaseState.ENDED),
        },
        refusal="这个单位的整顿现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚办过这个单位的整顿。刚才填写的内容还在下面，请对照最新情况核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "软弱涣散整顿"
        ordering = ["-opened_on", "-pk"]
        constraints = [
            # Of two who propose the same organisation at once the second is told.
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(state__in=["proposed", "decided", "righting", "followed"]),
                name="weak_case_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}的整顿"

    def get_absolute_url(self) -> str:
        return reverse("weak_cases:case-detail", args=[self.uid])

    @property
    def look_due_on(self) -> dt.date | None:
        """From when on one looks at it again; None while it is not followed."""
        if self.state != CaseState.FOLLOWED or self.accepted_on is None:
            return None
        return look_due(self.accepted_on, self.half_on)


class CaseFact(models.Model):
    """A criterion that an organisation met, with the fact that shows it."""

    PRIVACY = {"words": Personal("the fact that shows it; may name people")}

    case = models.ForeignKey(WeakCase, on_delete=models.CASCADE, related_name="facts")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    words = models.CharField("事实", max_length=WORDS)

    class Meta:
        verbose_name = verbose_name_plural = "符合的标准"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "criterion"], name="weak_case_fact_once")
        ]

    def __str__(self) -> str:
        return self.words


class CaseMeasure(models.Model):
    """A measure of a plan: an action item, given out to the organisation."""

    case = models.ForeignKey(WeakCase, on_delete=models.CASCADE, related_name="measures")
    round = models.PositiveSmallIntegerField("第几轮")
    item = models.OneToOneField(
        "action_items.ActionItem", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "整顿措施"
        ordering = ["round", "pk"]

    def __str__(self) -> str:
        return str(self.item_id)


class CaseStep(Step):
    """One step of a case's way, as its page shows it."""

    case = models.ForeignKey(WeakCase, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=StepKind)

    class Meta(Step.Meta):
        verbose_name = verbose_name_plural = "整顿经过"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%m-%d}"

from django.db import models
from django.urls import reverse

from assessments.cycles.models import Assessed
from core.actor import Actor
from core.privacy import Personal
from core.states import SAME, Machine, Move
from orgs.permissions import Permission

from ..enums import SelfState, Stance


class SelfAssessmentQuerySet(models.QuerySet["SelfAssessment"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_VIEW
    ) -> "SelfAssessmentQuerySet":
        """The own organisation's, whatever the state of the cycle; those below once they were sent,
        where the actor stands with who holds the cycle."""
        if actor is None:
            return self.none()
        own = Assessed.objects.own(actor)
        above = Assessed.objects.visible_to(actor, permission)
        return self.filter(
            models.Q(assessed__in=own.values("pk"))
            | models.Q(assessed__in=above.values("pk"), sent_at__isnull=False)
        )


class SelfAssessment(models.Model):
    """自查自评 of one of the assessed. Its lines are `SelfItem`; what was counted needs none."""

    PRIVACY = {"sent_by_name": Personal("to know who answers for it")}

    assessed = models.OneToOneField(
        Assessed, on_delete=models.CASCADE, related_name="self_assessment", verbose_name="单位"
    )
    state = models.CharField("状态", max_length=10, choices=SelfState, default=SelfState.DRAFT)
    # Empty in one that the holder closed: it is reviewed by the facts, what was drafted says nothing.
    sent_at = models.DateTimeField("报送于", null=True)
    sent_by_name = models.CharField("报送人", max_length=100, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = SelfAssessmentQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "edit": Move("填写", from_=[SelfState.DRAFT, SelfState.RETURNED], to=SAME),
            "send": Move("报送", from_=[SelfState.DRAFT, SelfState.RETURNED], to=SelfState.SENT),
            "return": Move(
                "退回部分", from_=[SelfState.SENT, SelfState.RETURNED], to=SelfState.RETURNED
            ),
        },
        refusal="这份自评现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这份自评。你填的内容还在下面，核对后再保存一次，就以你填的为准。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "自查自评"

    def __str__(self) -> str:
        return f"{self.assessed} 自查自评"

    def get_absolute_url(self) -> str:
        return reverse("self_assessments:self-assessment", args=[self.assessed.uid])

    @property
    def is_without(self) -> bool:
        """Whether the holder went on without it: 未自评，按事实考核. Nothing is held against it."""
        return self.state == SelfState.SENT and self.sent_at is None


class SelfItem(models.Model):
    """What is said of one indicator, or (`@awards`) of what brings a bonus. `facts` has the mark of
    each rule by its number, in the words of the rule: {"0": {"points": "18"}}."""

    PRIVACY = {
        "facts": Personal("the mark that the assessed would give; may name people"),
        "reason": Personal("why, or what is questioned; may name people"),
        "return_reason": Personal("what is still wanted; may name people"),
        "returned_by_name": Personal("to know who asked for more"),
    }

    self_assessment = models.ForeignKey(
        SelfAssessment, on_delete=models.CASCADE, related_name="items"
    )
    indicator = models.CharField("指标", max_length=40)
    stance = models.CharField("意见", max_length=12, choices=Stance)
    facts = models.JSONField("自评", default=dict)
    reason = models.CharField("说明", max_length=1000, blank=True)
    # A reviewer asked for more of this one item: it is open until it is sent again.
    returned_at = models.DateTimeField("退回于", null=True)
    returned_by_name = models.CharField("退回人", max_length=100, blank=True)
    return_reason = models.CharField("退回理由", max_length=300, blank=True)
    answered_at = models.DateTimeField("补充于", null=True)
    # Of what is said; 0 while there is only evidence.
    revision = models.PositiveIntegerField(default=1, editable=False)

    machine = Machine(
        revision="revision",
        moves={"edit": Move("填写")},
        stale="另一人刚刚改过这一项。你填的内容还在下面，核对后再保存一次，就以你填的为准。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "自评项"
        ordering = ["self_assessment_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["self_assessment", "indicator"], name="self_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.self_assessment_id} {self.indicator}"

    @property
    def is_open(self) -> bool:
        """Whether it was returned and not sent again since."""
        return self.returned_at is not None and (
            self.answered_at is None or self.answered_at < self.returned_at
        )

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import PracticeState
from .template import held_over


class PracticeQuerySet(models.QuerySet["Practice"]):
    def visible_to(self, actor: Actor | None) -> "PracticeQuerySet":
        """Those of the actor's scope; and, while they hold, those of the committees above him."""
        if actor is None or Permission.CONCERN_VIEW not in actor.permissions:
            return self.none()
        kept = in_scope(actor, Permission.CONCERN_VIEW)
        told = held_over(actor.organization_path) & Q(state=PracticeState.ADOPTED)
        return self.filter(kept | told)

    def for_kind(self, kind_id: int | None, path: str) -> "PracticeQuerySet":
        """Those that hold for who deals with a concern of the category at `path`."""
        return self.filter(held_over(path), kind_id=kind_id, state=PracticeState.ADOPTED)


class Practice(models.Model):
    """常态做法: what was solved twice the same way, taken up by a committee as its usual way, or not."""

    PRIVACY = {
        "way": Personal("how it was solved; may name people"),
        "title": Personal("what the practice is called; may name people"),
        "text": Personal("how it is done; may name people"),
        "reason": Personal("why it was not taken up; may name people"),
        "decided_by_name": Personal("to know who decided"),
    }

    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="确定单位"
    )
    kind = models.ForeignKey(
        "concerns.ConcernKind",
        on_delete=models.PROTECT,
        related_name="practices",
        verbose_name="类别",
    )
    way = models.CharField("办法", max_length=40)
    title = models.CharField("名称", max_length=40)
    text = models.TextField("做法", max_length=1000, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=PracticeState, default=PracticeState.DECLINED
    )
    reason = models.CharField("理由", max_length=200, blank=True)
    decided_at = models.DateTimeField("确定时间")
    decided_by_name = models.CharField("确定人", max_length=100)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PracticeQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "keep": Move("修改", from_=list(PracticeState), to=PracticeState.ADOPTED),
            "retire": Move("不再用", from_=list(PracticeState), to=PracticeState.RETIRED),
            "inherit": Move("随合并转入", from_=list(PracticeState)),
        },
        refusal="这条做法现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这条做法。刚才填写的内容还在下面，请核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "常态做法"
        ordering = ["kind", "organization__path", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "way"], name="practice_once"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("concerns:practice-detail", args=[self.pk])

    @property
    def is_adopted(self) -> bool:
        """Whether it holds."""
        return self.state == PracticeState.ADOPTED


class PracticeBasis(models.Model):
    """A concern that was solved that way when the committee decided."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="basis")
    concern = models.ForeignKey("concerns.Concern", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "做法依据"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.practice_id} {self.concern_id}"

import uuid

from django.db import models
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import HighlightState
from ..rules import TEXT, TITLE


class HighlightQuerySet(models.QuerySet["Highlight"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.BRAND_VIEW
    ) -> "HighlightQuerySet":
        """Those of organisations in the actor's scope."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))

    def standing(self) -> "HighlightQuerySet":
        """Those that were not taken back."""
        return self.exclude(state=HighlightState.DROPPED)


class Highlight(models.Model):
    """亮点: what an organisation did well in a year, written down in a few lines, and where it is told
    of already. It asks for no paper, and nobody counts who has how many."""

    PRIVACY = {
        "title": Personal("what was done; may name people"),
        "text": Personal("how it was done; may name people"),
        "source_label": Personal("the record that tells of it; may name people"),
        "noted_by_name": Personal("to know who wrote it down"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="党组织"
    )
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("亮点", max_length=TITLE)
    text = models.CharField("怎么做的", max_length=TEXT)
    source_kind = models.CharField("来自", max_length=40, blank=True)
    source_key = models.CharField(max_length=40, blank=True, editable=False)
    source_label = models.CharField("出处", max_length=200, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=HighlightState, default=HighlightState.NOTED
    )
    noted_at = models.DateTimeField("记于")
    noted_by_name = models.CharField(max_length=100)
    dropped_at = models.DateTimeField("收回于", null=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = HighlightQuerySet.as_manager()
    machine = Machine(
        state="state",
        revision="revision",
        moves={
            "edit": Move("修改", from_=[HighlightState.NOTED]),
            "drop": Move("收回", from_=[HighlightState.NOTED], to=HighlightState.DROPPED),
            "take": Move("列为候选", from_=[HighlightState.NOTED], to=HighlightState.TAKEN),
        },
        refusal="这个亮点现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这个亮点。刚才填写的内容还在下面，请对照最新情况核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "亮点"
        ordering = ["-year", "-pk"]
        indexes = [models.Index(fields=["organization", "year"], name="highlight_of_year")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('brands:highlight-list')}?year={self.year}#h{self.pk}"

    @property
    def is_noted(self) -> bool:
        """Whether it can still be changed, and become a candidate."""
        return self.state == HighlightState.NOTED

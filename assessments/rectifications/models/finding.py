import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from assessments.cycles.models import Assessed, Cycle
from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import Closing, Stage


class RectificationQuerySet(models.QuerySet["Rectification"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_VIEW
    ) -> "RectificationQuerySet":
        """Lists of the assessed whose items the actor may open: one's own once it has been issued,
        and all of the cycles that one's organisation holds."""
        if actor is None:
            return self.none()
        held = in_scope(actor, permission, "assessed__cycle__organization")
        shown = Assessed.objects.visible_to(actor, permission)
        return self.filter(held | Q(stage=Stage.ISSUED), assessed__in=shown)


class Rectification(models.Model):
    """整改清单: what one of the assessed has to put right after a cycle. Proposed, it is a draft of
    who holds the cycle; issued, it is an action item whose lines are the findings."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessed = models.OneToOneField(
        "cycles.Assessed", on_delete=models.PROTECT, related_name="rectification"
    )
    stage = models.CharField("状态", max_length=10, choices=Stage, default=Stage.PROPOSED)
    item = models.OneToOneField(
        "action_items.ActionItem", null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField("提出于")
    issued_at = models.DateTimeField("下发于", null=True)
    revision = models.PositiveIntegerField(default=1)

    objects = RectificationQuerySet.as_manager()
    machine = Machine(
        state="stage",
        revision="revision",
        moves={
            "edit": Move("修改", from_=[Stage.PROPOSED]),
            "issue": Move("下发", from_=[Stage.PROPOSED], to=Stage.ISSUED),
        },
        refusal="这份整改清单{state}，这一步已不适用。请刷新页面查看最新情况。",
        stale="另一人刚刚改过这份清单。请核对后再存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "整改清单"
        ordering = ["assessed__path"]

    def __str__(self) -> str:
        return f"{self.assessed_id} {self.get_stage_display()}"

    def get_absolute_url(self) -> str:
        return reverse("rectifications:rectification-detail", args=[self.uid])


class CommonCauseQuerySet(models.QuerySet["CommonCause"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_VIEW
    ) -> "CommonCauseQuerySet":
        """Those of cycles that the actor's organisations hold: it names who is short."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission, "cycle__organization"))


class CommonCause(models.Model):
    """共性问题: many are found at one indicator, so who holds the cycle does something about the cause.
    One item of the holder; the findings under it are its children."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="+")
    indicator = models.CharField("指标", max_length=40)
    item = models.OneToOneField(
        "action_items.ActionItem", on_delete=models.PROTECT, related_name="+"
    )
    raised_at = models.DateTimeField("列为督办于")

    objects = CommonCauseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "共性问题"
        ordering = ["cycle_id", "indicator"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "indicator"], name="common_cause_once"),
        ]

    def __str__(self) -> str:
        return self.indicator

    def get_absolute_url(self) -> str:
        return reverse("rectifications:cause-detail", args=[self.cycle.uid, self.indicator])


_AT = "rectification__assessed__"
_SAME = ("organization_id", "cycle__organization_id", "cycle__level")


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_VIEW
    ) -> "FindingQuerySet":
        """Those of the lists that the actor may open; what was left out of a list belongs to who
        holds the cycle."""
        if actor is None:
            return self.none()
        lists = Rectification.objects.visible_to(actor, permission)
        held = in_scope(actor, permission, "rectification__assessed__cycle__organization")
        return self.filter(held | ~Q(line=None), rectification__in=lists)

    def issued(self) -> "FindingQuerySet":
        """Those that stand in an issued list."""
        return self.exclude(line=None)

    def with_times(self) -> "FindingQuerySet":
        """Each with `times`: the how manieth time its organisation has one at the indicator, by the
        half-years of the same holder and level in which lists were issued."""
        earlier = Finding.objects.issued().filter(
            indicator=models.OuterRef("indicator"),
            **{f"{_AT}{name}": models.OuterRef(f"{_AT}{name}") for name in _SAME},
            **{f"{_AT}cycle__period__lt": models.OuterRef(f"{_AT}cycle__period")},
        )
        counted = earlier.order_by().values("indicator").annotate(n=models.Count("pk")).values("n")
        return self.annotate(times=1 + Coalesce(models.Subquery(counted), 0))


class Finding(models.Model):
    """问题: an indicator at which one of the assessed lost points; issued, a line of its list."""

    PRIVACY = {"problem": Personal("to have it put right; may name people")}

    rectification = models.ForeignKey(
        Rectification, on_delete=models.CASCADE, related_name="findings"
    )
    indicator = models.CharField("指标", max_length=40)
    number = models.PositiveSmallIntegerField("第几项")  # of the indicators, as on the score's page
    name = models.CharField("指标名称", max_length=100)
    category = models.CharField("类别", max_length=100, blank=True)
    problem = models.CharField("问题", max_length=300)
    lost = models.DecimalField("失分", max_digits=12, decimal_places=4)
    # What a repair by its date gives back, exact, as the engine writes it; empty where nothing.
    repair = models.CharField("整改恢复", max_length=40, blank=True)
    closing = models.CharField("销号方式", max_length=10, choices=Closing, default=Closing.PERSON)
    is_weighty = models.BooleanField("须由另一人核验", default=True)
    is_chosen = models.BooleanField("列入清单", default=True)
    due_on = models.DateField("整改时限", null=True)
    line = models.OneToOneField(
        "action_items.ActionLine", null=True, on_delete=models.PROTECT, related_name="finding"
    )
    cause = models.ForeignKey(
        CommonCause, null=True, on_delete=models.PROTECT, related_name="findings"
    )
    credited_at = models.DateTimeField("恢复记于", null=True)

    times: int  # by `with_times`

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "整改问题"
        ordering = ["rectification_id", "number"]
        indexes = [models.Index(fields=["indicator"], name="finding_of_indicator")]
        constraints = [
            models.UniqueConstraint(fields=["rectification", "indicator"], name="finding_once"),
        ]

    def __str__(self) -> str:
        return self.problem[:40]

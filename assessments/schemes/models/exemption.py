import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import ExemptionMode, ExemptionState
from .scheme import Scheme, above


class IndicatorExemptionQuerySet(models.QuerySet["IndicatorExemption"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.SCHEME_VIEW
    ) -> "IndicatorExemptionQuerySet":
        """Those of schemes of the actor's organisations; what was approved also for all whom the
        scheme measures: it is listed openly."""
        if actor is None:
            return self.none()
        own = in_scope(actor, permission, "scheme__organization")
        if not actor.organization_path or permission not in actor.permissions:
            return self.filter(own)
        measured = Q(scheme__organization__path__in=above(actor.organization_path))
        return self.filter(own | (measured & Q(approved_at__isnull=False)))

    def holding(self, day: dt.date) -> "IndicatorExemptionQuerySet":
        """Those that hold on a day: approved, begun, neither run out nor ended before it."""
        begun = self.filter(approved_at__isnull=False, since__lte=day, until__gte=day)
        return begun.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day))


class IndicatorExemption(models.Model):
    """免考: one indicator is out for one organisation, for a reason and until a day."""

    PRIVACY = {
        "reason": Personal("why somebody is not measured; may name people"),
        "approved_by": Personal("to know who approved it"),
        "proposed_by_name": Personal("to know who asked for it"),
        "decided_by_name": Personal("to know who entered the decision"),
        "answer": Personal("why it was refused or ended; may name people"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="exemptions")
    indicator = models.CharField("指标", max_length=40)  # its key in the content
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="单位"
    )
    mode = models.CharField(
        "计法", max_length=10, choices=ExemptionMode, default=ExemptionMode.RESCALE
    )
    reason = models.CharField("理由", max_length=300)
    approved_by = models.CharField("批准机关、会议或文号", max_length=100, blank=True)
    since = models.DateField("自")
    until = models.DateField("至")
    state = models.CharField(
        "状态", max_length=10, choices=ExemptionState, default=ExemptionState.PROPOSED
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    proposed_by_name = models.CharField("提出人", max_length=100, blank=True)
    proposed_at = models.DateTimeField("提出于")
    decided_by_name = models.CharField("办理人", max_length=100, blank=True)
    approved_at = models.DateTimeField("批准于", null=True)
    answer = models.CharField("未批准或终止的理由", max_length=300, blank=True)
    ended_on = models.DateField("终止于", null=True)

    objects = IndicatorExemptionQuerySet.as_manager()
    machine = Machine(
        state="state",
        moves={
            "approve": Move("批准", from_=[ExemptionState.PROPOSED], to=ExemptionState.APPROVED),
            "refuse": Move("不批准", from_=[ExemptionState.PROPOSED], to=ExemptionState.REFUSED),
            "end": Move("提前终止", from_=[ExemptionState.APPROVED], to=ExemptionState.ENDED),
        },
        refusal="这项免考现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "免考"
        ordering = ["scheme_id", "indicator", "organization_id", "pk"]
        constraints = [
            # Of one indicator and organisation at most one is asked for or holds.
            models.UniqueConstraint(
                fields=["scheme", "indicator", "organization"],
                condition=Q(state__in=[ExemptionState.PROPOSED, ExemptionState.APPROVED]),
                name="indicator_exemption_once",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=models.F("since")), name="indicator_exemption_span"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.indicator}"

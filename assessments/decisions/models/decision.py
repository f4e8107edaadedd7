from django.conf import settings
from django.db import models

from assessments.cycles.models import Cycle
from core.actor import Actor
from core.privacy import Personal
from orgs.access import in_scope
from orgs.permissions import Permission


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_VIEW
    ) -> "DecisionQuerySet":
        """Those of cycles that the actor's organisations hold."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission, "cycle__organization"))


class Decision(models.Model):
    """审定: which meeting decided on the results of a cycle. `digest` is of all their digests: it says
    which results were decided on."""

    PRIVACY = {
        "note": Personal("what the meeting added; may name people"),
        "by_name": Personal("to know who decided"),
    }

    cycle = models.OneToOneField(Cycle, on_delete=models.PROTECT, related_name="decision")
    met_on = models.DateField("会议日期")
    minutes_number = models.CharField("纪要文号", max_length=60)
    note = models.CharField("说明", max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by_name = models.CharField("审定人", max_length=100)
    decided_at = models.DateTimeField("审定于")
    digest = models.CharField("校验码", max_length=64)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审定"
        ordering = ["-decided_at"]

    def __str__(self) -> str:
        return self.minutes_number

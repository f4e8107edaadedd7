import uuid

from django.conf import settings
from django.db import models

from core.actor import Actor
from core.privacy import Personal
from orgs.permissions import Permission

from .cycle import Assessed, Cycle, Run


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.ASSESSMENT_VIEW
    ) -> "CorrectionQuerySet":
        """Those of the assessed whose items the actor may open."""
        return self.filter(assessed__in=Assessed.objects.visible_to(actor, permission))


class Correction(models.Model):
    """更正: one score of a sealed cycle computed anew from corrected facts, in a run of its own. What
    was sealed stays in the run before it. Points are exact, as the engine writes them."""

    PRIVACY = {
        "reason": Personal("why the result was corrected; may name people"),
        "by_name": Personal("to know who decided it"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="corrections")
    assessed = models.ForeignKey(Assessed, on_delete=models.PROTECT, related_name="corrections")
    from_run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    to_run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="correction")
    indicator = models.CharField("指标", max_length=40)
    name = models.CharField("指标名称", max_length=200)
    old_points = models.CharField("原得分", max_length=40, blank=True)
    new_points = models.CharField("更正后得分", max_length=40, blank=True)
    old_total = models.CharField("原总分", max_length=40)
    new_total = models.CharField("更正后总分", max_length=40)
    old_grade = models.CharField("原等次", max_length=20, blank=True)
    new_grade = models.CharField("更正后等次", max_length=20, blank=True)
    reason = models.CharField("理由", max_length=500)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by_name = models.CharField("批准人", max_length=100)
    at = models.DateTimeField("更正于")
    key = models.CharField(max_length=80, unique=True)  # once, whoever retries

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考核更正"
        ordering = ["cycle_id", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.assessed_id} {self.old_total} → {self.new_total}"

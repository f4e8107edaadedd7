from django.db import models

from assessments.cycles.models import Assessed


class SelfNotice(models.Model):
    """Somebody was told by his digest of a self-assessment that waits: once for each stage."""

    assessed = models.ForeignKey(Assessed, on_delete=models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()
    stage = models.CharField(max_length=40)
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "自评提醒"
        constraints = [
            models.UniqueConstraint(
                fields=["assessed", "user_id", "stage"], name="self_notice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessed_id} {self.stage}"

from django.db import models

from schedules.rounds.models import Evidence

from .item import ActionItem


class ActionEvidence(Evidence):
    """A record of another slice that shows what was done about an item."""

    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="evidence")

    class Meta(Evidence.Meta):
        verbose_name = verbose_name_plural = "督办佐证"
        indexes = [models.Index(fields=["uid"], name="action_evidence_of")]
        constraints = [
            models.UniqueConstraint(fields=["item", "kind", "uid"], name="action_evidence_once"),
        ]

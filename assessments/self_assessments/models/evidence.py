from django.db import models
from django.db.models import Q

from core.models import Attachment
from schedules.rounds.models import Evidence

from .self_assessment import SelfItem


class SelfEvidence(Evidence):
    """A record of another slice that shows what an item says."""

    item = models.ForeignKey(SelfItem, on_delete=models.CASCADE, related_name="evidence")

    class Meta(Evidence.Meta):
        verbose_name = verbose_name_plural = "自评佐证"
        indexes = [models.Index(fields=["uid"], name="self_evidence_of")]
        constraints = [
            models.UniqueConstraint(fields=["item", "kind", "uid"], name="self_evidence_once"),
        ]


class SelfAttachment(Attachment):
    """A file that shows what an item says, where there is no record of it."""

    item = models.ForeignKey(SelfItem, on_delete=models.CASCADE, related_name="attachments")

    class Meta:
        verbose_name = verbose_name_plural = "自评附件"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "sha256"],
                condition=Q(state="ready"),
                name="self_attachment_once",
            ),
        ]

from django.db import models

from core.privacy import Personal

from .report import Report


class Evidence(models.Model):
    """A record of another slice that shows what was done: a reference, never a copy of it.

    `kind` and `uid` are the record's, `label` its words as they were when it was referred to. Whether
    somebody may open it is asked of the slice that has it (`schedules/rounds/evidence.py`).
    """

    PRIVACY = {
        "label": Personal("to say what shows it; may name people"),
        "linked_by_name": Personal("to show who referred to it"),
    }

    kind = models.CharField(max_length=40)
    uid = models.UUIDField()
    label = models.CharField(max_length=200)
    linked_at = models.DateTimeField()
    linked_by_name = models.CharField(max_length=100)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.label


class ReportEvidence(Evidence):
    """What an item of a report refers to."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="evidence")
    item_key = models.CharField(max_length=40)

    class Meta(Evidence.Meta):
        verbose_name = verbose_name_plural = "月报佐证"
        indexes = [models.Index(fields=["uid"], name="report_evidence_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "item_key", "kind", "uid"], name="report_evidence_once"
            ),
        ]

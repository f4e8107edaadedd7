from django.db import models

from core.privacy import Personal

from .duty import Duty


class DutyRecord(models.Model):
    """One time that what a duty asks for was done, as the organisation wrote it down.

    Records are for plans without a form; as many as the duty requires fulfil it.
    """

    PRIVACY = {
        "text": Personal("to say what was done; may name people"),
        "recorded_by_name": Personal("to show who wrote a record"),
    }

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="records")
    done_on = models.DateField("办理日期")
    text = models.CharField("情况", max_length=300)
    recorded_by_id = models.BigIntegerField(null=True)
    recorded_by_name = models.CharField("登记人", max_length=100)
    recorded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "办理登记"
        ordering = ["done_on", "pk"]
        constraints = [
            # A double click writes once; what was taken back can be written again.
            models.UniqueConstraint(
                fields=["duty", "done_on", "text"],
                condition=models.Q(removed_at=None),
                name="record_written_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.done_on} {self.text[:30]}"

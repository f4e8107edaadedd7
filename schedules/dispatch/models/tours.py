import uuid

from django.db import models

from core.privacy import Personal

from .meeting import DispatchMeeting


class TourStop(models.Model):
    """One stop of an observation tour: where, when, who receives, what it shows."""

    PRIVACY = {
        "host_name": Personal("to know who receives the visitors"),
        "shows": Personal("what there is to see; may name people"),
    }

    meeting = models.ForeignKey(DispatchMeeting, on_delete=models.CASCADE, related_name="stops")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="观摩点"
    )
    arrives_at = models.TimeField("到达")
    minutes = models.PositiveSmallIntegerField("停留（分钟）")
    host_name = models.CharField("接待人", max_length=50, blank=True)
    shows = models.CharField("看什么", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "观摩点"
        ordering = ["arrives_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "organization"], name="stop_once"),
        ]

    def __str__(self) -> str:
        return str(self.organization)


class TourNote(models.Model):
    """What a participant noted at a stop: his own, and for the holder."""

    PRIVACY = {
        "text": Personal("what a participant noted; may name people"),
        "written_by_name": Personal("to know who noted it"),
    }

    # Made by who types: sent again after a broken line, it is the same note.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stop = models.ForeignKey(TourStop, on_delete=models.PROTECT, related_name="notes")
    text = models.CharField("随记", max_length=300)
    written_by_id = models.BigIntegerField()
    written_by_name = models.CharField("记录人", max_length=100)
    written_at = models.DateTimeField("记于")
    item = models.ForeignKey(
        "action_items.ActionItem", null=True, on_delete=models.PROTECT, related_name="tour_notes"
    )

    class Meta:
        verbose_name = verbose_name_plural = "观摩随记"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:40]

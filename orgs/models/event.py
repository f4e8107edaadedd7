from django.db import models

from core.privacy import Personal

from ..enums import EventKind, OrganizationKind


class OrganizationEvent(models.Model):
    """Something that happened to an organisation, with its day and its document."""

    PRIVACY = {"recorded_by_name": Personal("to know who recorded an event")}

    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField("事项", max_length=16, choices=EventKind)
    happened_on = models.DateField("日期")
    approved_by = models.CharField("批准机关", max_length=100, blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    details = models.JSONField("内容", default=dict)
    note = models.CharField("说明", max_length=500, blank=True)
    recorded_by_name = models.CharField("登记人", max_length=100)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "组织沿革"
        ordering = ["-happened_on", "-id"]
        indexes = [models.Index(fields=["organization", "-happened_on"], name="event_history")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on}"


class OrganizationPlacement(models.Model):
    """Where an organisation stood and what it was called, from one day to the next change.

    Reads "the tree as it was on that day" by the same range of paths as the tree of today.
    """

    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.CASCADE, related_name="placements"
    )
    parent = models.ForeignKey(
        "orgs.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    path = models.CharField(max_length=120)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=24, choices=OrganizationKind)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField(null=True)  # NULL: before that was kept

    class Meta:
        verbose_name = verbose_name_plural = "隶属沿革"
        indexes = [models.Index(fields=["path", "valid_from"], name="placement_path")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(valid_to=None),
                name="placement_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from or ''}–{self.valid_to or ''}"

import datetime as dt

from django.db import models
from django.db.models.functions import Coalesce

from core.figures import Cut


class TermQuerySet(models.QuerySet["Term"]):
    def at(self, cut: Cut) -> "TermQuerySet":
        """How the term of each organisation stood at the cut: one row for each that had one."""
        rows = Term.objects.filter(models.Q(valid_from=None) | models.Q(valid_from__lte=cut.day))
        if cut.known_at is not None:
            rows = rows.filter(models.Q(recorded_at=None) | models.Q(recorded_at__lte=cut.known_at))
        rows = rows.annotate(
            since=Coalesce(
                "valid_from", models.Value(dt.date(1, 1, 1), output_field=models.DateField())
            )
        )
        later = rows.filter(
            models.Q(since__gt=models.OuterRef("since"))
            | models.Q(since=models.OuterRef("since"), pk__gt=models.OuterRef("pk")),
            organization=models.OuterRef("organization"),
        )
        return rows.filter(~models.Exists(later))


class Term(models.Model):
    """届次: what the term of an organisation was, from a day on: after an election, an extension
    or a date put right. Rows are only added; the newest by day holds."""

    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.CASCADE, related_name="terms", db_index=False
    )
    started_on = models.DateField("本届起始", null=True)
    ends_on = models.DateField("届满日期", null=True)
    years = models.PositiveSmallIntegerField("任期（年）", null=True)
    extended_until = models.DateField("延期换届至", null=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    valid_from = models.DateField("自", null=True)  # NULL: since ever
    recorded_at = models.DateTimeField("记入于", null=True)  # NULL: before that was kept

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "届次"
        ordering = ["organization", "-valid_from", "-id"]
        indexes = [models.Index(fields=["organization", "valid_from"], name="term_history")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.started_on or ''}–{self.ends_on or ''}"

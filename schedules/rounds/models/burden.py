from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from core.privacy import Personal

LEAST, MOST = 10, 1000  # minutes


class BurdenCap(models.Model):
    """How many minutes a month the zone will ask of an organisation at most. The newest holds; the
    former ones stay, so that it can be told what held when."""

    PRIVACY = {
        "set_by_name": Personal("to know who set the cap"),
    }

    number = models.PositiveIntegerField(unique=True, editable=False)
    minutes = models.PositiveSmallIntegerField(
        "每月上限（分钟）",
        validators=[MinValueValidator(LEAST), MaxValueValidator(MOST)],
    )
    basis = models.CharField("依据", max_length=200)
    set_at = models.DateTimeField()
    set_by_name = models.CharField(max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "用时上限"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.minutes} 分钟"

    @property
    def revision(self) -> int:
        """What a page that sets the next one was made from."""
        return self.number


class BurdenExcess(models.Model):
    """Why something was asked for though a month of an organisation came to more than the cap."""

    PRIVACY = {
        "given_by_name": Personal("to know who asked for more than the cap"),
    }

    plan = models.ForeignKey("schedules.Plan", on_delete=models.PROTECT, related_name="excesses")
    definition = models.ForeignKey(
        "schedules.ReportDefinition",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="excesses",
    )
    month = models.CharField("月份", max_length=8)
    minutes = models.DecimalField("分钟", max_digits=7, decimal_places=1)
    cap = models.PositiveSmallIntegerField("上限")
    reason = models.CharField("超过上限的理由", max_length=300)
    given_at = models.DateTimeField()
    given_by_name = models.CharField(max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "超过上限"
        ordering = ["-given_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.plan} {self.month}"

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


class RegisterSeries(models.Model):
    """How far the numbers of one kind have come in a year: 表〔2026〕03号 is the third."""

    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "事项编号"
        constraints = [
            models.UniqueConstraint(fields=["kind", "year"], name="register_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.last}"


class MinutesEstimate(models.Model):
    """How long one answer takes, as what was really written says: of an item of a form
    (`item:<form>:<item>`), of a kind of items (`kind:<kind>`), of something else that a slice asks
    for. `answers` is how many were looked at, `share` how many of a hundred wrote something, the
    rest the median of what they wrote. No time was measured, and nobody is named.
    """

    subject = models.CharField(max_length=120, unique=True)
    answers = models.PositiveIntegerField(default=0)
    share = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    characters = models.PositiveIntegerField(default=0)
    keys = models.PositiveIntegerField(default=0)
    minutes = models.DecimalField("分钟", max_digits=7, decimal_places=2, default=0)
    computed_on = models.DateField("估计于")

    class Meta:
        verbose_name = verbose_name_plural = "用时估计"

    def __str__(self) -> str:
        return f"{self.subject} {self.minutes}"


class BurdenMonth(models.Model):
    """What a month asked of the organisations of one kind and class, by one source: minutes of all of
    them together, and how many times something was asked. Counted behind."""

    source = models.CharField("来源", max_length=20)
    month = models.CharField("月份", max_length=8)
    kind = models.CharField("组织类别", max_length=20)
    organization_class = models.CharField("组织类型", max_length=20, blank=True)
    minutes = models.DecimalField("分钟", max_digits=12, decimal_places=1)
    times = models.PositiveIntegerField("次数", default=0)
    organizations = models.PositiveIntegerField("组织数", default=0)  # there were at its end

    class Meta:
        verbose_name = verbose_name_plural = "各月用时"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "month", "kind", "organization_class"], name="burden_month_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.month} {self.kind}"


class HouseVerdict(models.Model):
    """What a rule that reads very many rows came to when it was looked at behind."""

    rule = models.CharField(max_length=40, unique=True)
    looked_at = models.DateTimeField()
    at = models.CharField(max_length=200)  # what was looked at, in words
    count = models.PositiveIntegerField(default=0)
    breaches = models.JSONField(default=list)

    class Meta:
        verbose_name = verbose_name_plural = "减负自查结果"

    def __str__(self) -> str:
        return f"{self.rule} {self.count}"

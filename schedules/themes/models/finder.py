import datetime as dt

from django.db import models

from core import clock

GIVEN_UP = dt.timedelta(minutes=15)  # without a step: whoever read it has died


class Finder(models.Model):
    """What the theme finder of a holder shows: read behind, step by step, and shown as it is stored. A
    reading runs from `begun_at` until `read_at` is later."""

    organization = models.OneToOneField(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+", verbose_name="主办单位"
    )
    begun_at = models.DateTimeField("开始读于")
    touched_at = models.DateTimeField("读到于")
    read_at = models.DateTimeField("读完于", null=True)
    done = models.PositiveSmallIntegerField("已读", default=0)
    steps = models.PositiveSmallIntegerField("要读", default=0)
    # What higher apps say of weak points that are no figures: source -> {mark, rows}.
    weaknesses = models.JSONField("考核失分", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "主题发现"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.organization}主题发现"

    @property
    def is_reading(self) -> bool:
        """Whether somebody reads it at this moment."""
        if self.read_at is not None and self.read_at >= self.begun_at:
            return False
        return self.touched_at > clock.now() - GIVEN_UP


class FinderFigure(models.Model):
    """A registered figure over the branches below a holder in the last quarter that is over, against its
    usual goal: how many have reached it, are short, have nothing to measure, or cannot be told."""

    finder = models.ForeignKey(Finder, on_delete=models.CASCADE, related_name="figures")
    key = models.CharField("指标", max_length=60)
    period = models.CharField("季度", max_length=8)
    part = models.IntegerField(null=True)
    whole = models.IntegerField(null=True)
    known = models.IntegerField("有数的组织", default=0)
    reached = models.IntegerField("已达到", default=0)
    short = models.IntegerField("没有达到", default=0)
    none = models.IntegerField("没有这件事", default=0)
    unknown = models.IntegerField("无法回算", default=0)
    # The same quarter of last year, of a sum of the year.
    season_part = models.IntegerField(null=True)
    season_whole = models.IntegerField(null=True)
    season_known = models.IntegerField(default=0)
    read_at = models.DateTimeField("读于")

    class Meta:
        verbose_name = verbose_name_plural = "主题发现指标"
        ordering = ["finder", "key"]
        constraints = [
            models.UniqueConstraint(fields=["finder", "key"], name="finder_figure_once"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def measured(self) -> int:
        """Branches that can reach the goal: those with nothing to measure are in neither number."""
        return self.reached + self.short


class FinderMonth(models.Model):
    """A figure of the finder in one month: a point of its line. It is read again until what is written down late has
    come in."""

    figure = models.ForeignKey(FinderFigure, on_delete=models.CASCADE, related_name="months")
    period = models.CharField("月份", max_length=8)
    part = models.IntegerField(null=True)
    whole = models.IntegerField(null=True)
    known = models.IntegerField("有数的组织")
    is_settled = models.BooleanField("不再重读")
    read_at = models.DateTimeField("读于")

    class Meta:
        verbose_name = verbose_name_plural = "主题发现月度数"
        ordering = ["figure", "period"]
        constraints = [
            models.UniqueConstraint(fields=["figure", "period"], name="finder_month_once"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.part}"

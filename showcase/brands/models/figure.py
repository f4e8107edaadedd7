from django.db import models

from .brand import Brand


class BrandFigure(models.Model):
    """A registered figure of the brand's own organisation by which its results are seen."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="figures")
    position = models.PositiveSmallIntegerField("次序")
    key = models.CharField("指标", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "品牌指标"
        ordering = ["brand", "position"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "key"], name="brand_figure_once"),
        ]

    def __str__(self) -> str:
        return self.key


class BrandMonth(models.Model):
    """A figure of a brand in one month, of its own organisation: a point of its line. It is read again
    until what is written down late has come in."""

    figure = models.ForeignKey(BrandFigure, on_delete=models.CASCADE, related_name="months")
    period = models.CharField("月份", max_length=8)
    part = models.IntegerField(null=True)
    whole = models.IntegerField(null=True)
    is_settled = models.BooleanField("不再重读")
    read_at = models.DateTimeField("读于")

    class Meta:
        verbose_name = verbose_name_plural = "品牌月度数"
        ordering = ["figure", "period"]
        constraints = [
            models.UniqueConstraint(fields=["figure", "period"], name="brand_month_once"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.part}"

from django.db import models


class NumberSeries(models.Model):
    """The last number that an organisation gave to a 督办单 in a year. A number is given once, also
    when the item is cancelled."""

    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="+"
    )
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("最后编号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "督办单编号"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year"], name="series_of_organization_and_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}〔{self.year}〕{self.last}号"

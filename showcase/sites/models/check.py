from django.conf import settings
from django.db import models

from core.privacy import Personal

from ..enums import CheckMark
from .site import DemonstrationSite


class SiteCheck(models.Model):
    """现场核查卡: what one person saw on one day, criterion by criterion. Filled in on the spot, on a
    phone; the same person's card of the same day is put right in place."""

    PRIVACY = {
        "by_name": Personal("to show who looked"),
        "note": Personal("what was seen; may name people"),
        "marks": Personal("what was seen of each criterion; may name people"),
    }

    site = models.ForeignKey(DemonstrationSite, on_delete=models.CASCADE, related_name="checks")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=100)
    checked_on = models.DateField("核查日期")
    at = models.DateTimeField()
    marks = models.JSONField("核查结果", default=list)
    note = models.CharField("总的看", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "现场核查卡"
        ordering = ["-checked_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "user", "checked_on"], name="site_check_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.checked_on}"

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """Criterion, mark, its word and what was noted."""
        return [
            (one["criterion"], one["mark"], CheckMark(one["mark"]).label, one.get("note", ""))
            for one in self.marks
        ]

    @property
    def unmet(self) -> int:
        """How many criteria are not met."""
        return sum(one["mark"] == CheckMark.UNMET for one in self.marks)

from django.db import models

from core.actor import Actor
from orgs.access import in_scope


class RollupQuerySet(models.QuerySet["Rollup"]):
    def visible_to(self, actor: Actor | None) -> "RollupQuerySet":
        """Figures of organisations in the scope of the role acted in."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor))


class Rollup(models.Model):
    """How a plan's duties of one period stand at an organisation and all that stood below it on
    the period's last day. Derived from duties; never counted up, always written anew."""

    plan = models.ForeignKey("schedules.Plan", on_delete=models.CASCADE, related_name="rollups")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.CASCADE, related_name="rollups"
    )
    period = models.CharField("期间", max_length=8)
    path = models.CharField(max_length=120)  # where the organisation stood on that day
    expected = models.PositiveIntegerField("应报")
    submitted = models.PositiveIntegerField("已报")
    on_time = models.PositiveIntegerField("按时")
    late = models.PositiveIntegerField("迟报")
    returned = models.PositiveIntegerField("退回待补")
    returned_twice = models.PositiveIntegerField("退回两次以上")
    accepted = models.PositiveIntegerField("已通过")
    as_of = models.DateTimeField("数据截至")

    objects = RollupQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送汇总"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "period", "organization"], name="rollup_once_a_period"
            ),
        ]
        indexes = [
            models.Index(fields=["plan", "period", "path"], name="rollup_path"),
            models.Index(fields=["organization", "plan", "period"], name="rollup_of_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.period} {self.submitted}/{self.expected}"


class RollupMark(models.Model):
    """A duty changed here since the figures were written. Marks are only added; whoever writes
    the figures removes exactly the marks he read, so that a newer one always outlives him."""

    plan = models.ForeignKey("schedules.Plan", on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.CASCADE, related_name="+"
    )
    period = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "待重算"

    def __str__(self) -> str:
        return f"{self.organization_id} {self.period}"


class RollupLedger(models.Model):
    """One row a plan: the lock under which its figures are written, and how the last comparison
    with a full recount ended."""

    plan = models.OneToOneField(
        "schedules.Plan", on_delete=models.CASCADE, related_name="rollup_ledger"
    )
    compared_at = models.DateTimeField("上次核对", null=True)
    differences = models.PositiveIntegerField("上次差异", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "汇总核对"

    def __str__(self) -> str:
        return f"{self.plan_id} {self.compared_at}"

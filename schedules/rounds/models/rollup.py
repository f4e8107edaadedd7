import datetime as dt

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from core.actor import Actor
from orgs.access import in_scope
from orgs.enums import OrganizationClass
from orgs.models.organization import below

from ..enums import DONE_STATES, DutyState


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
            # The children of a node are a range of paths of one length.
            models.Index("plan", "period", Length("path"), "path", name="rollup_children"),
            models.Index(fields=["organization", "plan", "period"], name="rollup_of_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.period} {self.submitted}/{self.expected}"


class DutyStandingQuerySet(models.QuerySet["DutyStanding"]):
    def visible_to(self, actor: Actor | None) -> "DutyStandingQuerySet":
        """Standings of organisations that are in the scope of the role acted in today."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor))

    def at(self, moment: dt.datetime) -> "DutyStandingQuerySet":
        """Those that figures written `as_of` the moment have counted."""
        return self.filter(Q(until=None) | Q(until__gt=moment), since__lte=moment)

    def below(self, path: str) -> "DutyStandingQuerySet":
        """Of what stood at `path` and under it on the period's last day: one index range."""
        return self.filter(below(path))


class DutyStanding(models.Model):
    """How a duty stood, as figures counted it, from one writing of them to another.

    Figures are counted from the standings in force, so whatever a figure has counted can be
    listed again at any later time: ask for the moment of its `as_of`. Waived duties have none.
    """

    plan = models.ForeignKey("schedules.Plan", on_delete=models.CASCADE, related_name="+")
    duty = models.ForeignKey("schedules.Duty", on_delete=models.CASCADE, related_name="standings")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.CASCADE, related_name="+"
    )
    period = models.CharField("期间", max_length=8)
    path = models.CharField(max_length=120)  # where the organisation stood on the last day
    organization_class = models.CharField("类型", max_length=24, choices=OrganizationClass)
    state = models.CharField("状态", max_length=10, choices=DutyState)
    submitted_at = models.DateTimeField("首次报送", null=True)
    is_late = models.BooleanField("迟报")
    returned_count = models.PositiveSmallIntegerField("退回次数")
    since = models.DateTimeField("自")
    until = models.DateTimeField("至", null=True)

    objects = DutyStandingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送情况沿革"
        constraints = [
            models.UniqueConstraint(
                fields=["duty"], condition=Q(until=None), name="standing_one_in_force"
            ),
        ]
        indexes = [
            models.Index(fields=["plan", "period", "path"], name="standing_path"),
            models.Index(
                fields=["organization", "plan", "period"], name="standing_of_organization"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.state} {self.since:%Y-%m-%d}"

    def figures(self) -> dict[str, int]:
        """What it adds to each figure of a roll-up."""
        sent = self.submitted_at is not None
        return {
            "expected": 1,
            "submitted": int(sent),
            "on_time": int(sent and not self.is_late),
            "late": int(self.is_late),
            "returned": int(self.state == DutyState.RETURNED),
            "returned_twice": int(self.returned_count >= 2),
            "accepted": int(self.state in DONE_STATES),
        }


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
    """One row a plan: the lock under which its figures are written, the moment they were last
    written as of, and how the last comparison with a full recount ended."""

    plan = models.OneToOneField(
        "schedules.Plan", on_delete=models.CASCADE, related_name="rollup_ledger"
    )
    # Never set back: each writing of figures has a moment of its own, whatever the clock does.
    as_of = models.DateTimeField("数据截至", null=True)
    compared_at = models.DateTimeField("上次核对", null=True)
    differences = models.PositiveIntegerField("上次差异", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "汇总核对"

    def __str__(self) -> str:
        return f"{self.plan_id} {self.compared_at}"

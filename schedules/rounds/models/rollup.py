import datetime as dt

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from core.actor import Actor
from core.models.derived import DatedLedger, Mark
from orgs.access import in_scope
from orgs.enums import OrganizationClass
from orgs.models.organization import below
from orgs.permissions import Permission

from ..enums import DutyState, Phase
from . import vocabulary
from .vocabulary import DUTY, Counted


class RollupQuerySet(models.QuerySet["Rollup"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.REPORT_VIEW
    ) -> "RollupQuerySet":
        """Figures of organisations where the actor holds `permission` also for all below."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission, whole=True))


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
    missing = models.PositiveIntegerField("未报", default=0)
    locked = models.PositiveIntegerField("锁定未报", default=0)
    returned = models.PositiveIntegerField("退回待补")
    returned_twice = models.PositiveIntegerField("退回两次以上")
    accepted = models.PositiveIntegerField("已通过")
    # When the first of what was never sent was or will be due: whether anything is overdue.
    missing_due_at = models.DateTimeField(null=True)
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

    @property
    def unsent(self) -> int:
        """What is expected and was never sent: 待报, 未报 and 锁定未报 together."""
        return self.expected - self.submitted

    @property
    def pending(self) -> int:
        """待报: never sent, and not due yet."""
        return self.unsent - self.missing - self.locked

    def is_overdue(self, now: dt.datetime) -> bool:
        """Whether something that was never sent should have been sent by `now`."""
        return self.missing_due_at is not None and self.missing_due_at < now


# A standing keeps whether the duty was first sent late.
LATE = Q(is_late=True)


class DutyStandingQuerySet(models.QuerySet["DutyStanding"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.REPORT_VIEW
    ) -> "DutyStandingQuerySet":
        """Standings of duties for which the actor holds `permission` today."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission, subjects={DUTY: "duty_id"}))

    def counted(self, word: Counted) -> "DutyStandingQuerySet":
        """Those that count as the word."""
        return self.filter(vocabulary.conditions(LATE)[word])

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
    due_at = models.DateTimeField("截止")
    submitted_at = models.DateTimeField("首次报送", null=True)
    is_late = models.BooleanField("迟报")
    phase = models.CharField("时段", max_length=8, choices=Phase, default=Phase.RUNNING)
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

    @property
    def counts_as(self) -> frozenset[Counted]:
        """The words of the vocabulary that held for it."""
        return vocabulary.told(
            state=self.state,
            submitted_at=self.submitted_at,
            is_late=self.is_late,
            returned_count=self.returned_count,
            phase=self.phase,
        )

    def is_overdue(self, moment: dt.datetime) -> bool:
        """Whether it was never sent though its day had passed."""
        return self.submitted_at is None and self.phase != Phase.RUNNING


class RollupMark(Mark):
    """A duty changed here since the figures were written."""

    plan = models.ForeignKey("schedules.Plan", on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.CASCADE, related_name="+"
    )
    period = models.CharField(max_length=8)

    class Meta:
        verbose_name = verbose_name_plural = "待重算"

    def __str__(self) -> str:
        return f"{self.organization_id} {self.period}"


class RollupLedger(DatedLedger):
    """One row a plan."""

    plan = models.OneToOneField(
        "schedules.Plan", on_delete=models.CASCADE, related_name="rollup_ledger"
    )

    class Meta:
        verbose_name = verbose_name_plural = "汇总核对"

    def __str__(self) -> str:
        return f"{self.plan_id} {self.compared_at}"

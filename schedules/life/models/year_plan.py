import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import MeetingKind


class YearPlanQuerySet(models.QuerySet["YearPlan"]):
    def visible_to(
        self, actor: Actor | None, permission: str = Permission.LIFE_VIEW
    ) -> "YearPlanQuerySet":
        """Those of organisations for which the actor holds `permission`."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))


class YearPlan(models.Model):
    """年度组织生活计划: what an organisation means to hold in a year.

    Nobody has to lay one down and nothing is counted from it, so it is changed in place.
    """

    PRIVACY = {"written_by_name": Personal("to know who laid it down")}

    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="life_year_plans"
    )
    year = models.PositiveSmallIntegerField(
        "年度", validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    # 主题党日 on a fixed day: "d5" is the 5th, "w1-5" the first Friday, "w5-5" the last one
    # (queries/year_plans.py). Empty: on no fixed day.
    party_day = models.CharField("主题党日固定在", max_length=4, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    written_at = models.DateTimeField("写于")
    written_by_name = models.CharField("制定人", max_length=100)

    objects = YearPlanQuerySet.as_manager()
    machine = Machine(
        revision="revision",
        moves={"edit": Move("修改")},
        stale="另一人刚刚改过这份计划。你填的内容还在下面，核对后再保存一次，就以你填的为准。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "年度组织生活计划"
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "year"], name="year_plan_once")
        ]

    def __str__(self) -> str:
        return f"{self.year}年度组织生活计划"

    def get_absolute_url(self) -> str:
        return reverse("life:plan-detail", args=[self.organization_id, self.year])


class PlannedMeeting(models.Model):
    """One line of a year's plan."""

    PRIVACY = {
        "theme": Personal("to know what it will be about; may name people"),
        "preparer_name": Personal("to know who prepares it"),
    }

    plan = models.ForeignKey(YearPlan, on_delete=models.CASCADE, related_name="meetings")
    number = models.PositiveSmallIntegerField("次序")
    month = models.PositiveSmallIntegerField("月份")
    day = models.PositiveSmallIntegerField("日", null=True)
    kind = models.CharField("类别", max_length=20, choices=MeetingKind)
    theme = models.CharField("主题", max_length=100, blank=True)
    place = models.CharField("地点", max_length=100, blank=True)
    preparer_name = models.CharField("谁准备", max_length=50, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "计划的组织生活"
        ordering = ["month", "day", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="planned_meeting_once"),
            models.CheckConstraint(
                condition=Q(month__range=(1, 12)) & (Q(day=None) | Q(day__range=(1, 31))),
                name="planned_meeting_in_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month}月{self.get_kind_display()}"

    def planned_on(self, year: int) -> dt.date | None:
        """The day in the year, when one is laid down."""
        return dt.date(year, self.month, self.day) if self.day else None

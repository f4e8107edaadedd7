import uuid

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core.actor import Actor
from core.privacy import Personal
from core.states import GIVEN, Machine, Move
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import StudyGroup, StudyKind
from ..rules import Counting
from .versions import VersionedQuerySet


class StudyRecordQuerySet(VersionedQuerySet["StudyRecord"]):
    written = "recorded_at"
    ended = "withdrawn_at"

    def visible_to(
        self, actor: Actor | None, permission: str = Permission.LIFE_VIEW
    ) -> "StudyRecordQuerySet":
        """Those that count for organisations for which the actor holds `permission`."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor, permission))


class StudyRecord(models.Model):
    """What one member studied outside the meetings of his organisation, or made up (补课).

    One entry for many members writes many rows with one `batch`. A course across the end of a year
    is a row for each year. Rows are never changed: a wrong one is withdrawn and entered anew, so
    that a frozen figure is found again.
    """

    PRIVACY = {
        "title": Personal("to know what was studied; may name people"),
        "confirmed_by_name": Personal("to know who says that it was done"),
        "written_by_name": Personal("to know who wrote it down"),
    }

    # Made of the batch, the member and the year: sent again after a broken line, it is the same.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.UUIDField(db_index=True, editable=False)
    member = models.ForeignKey(
        "members.Member", on_delete=models.PROTECT, related_name="study_records", db_index=False
    )
    # His on that day, for which it counts.
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="study_records"
    )
    kind = models.CharField("形式", max_length=12, choices=StudyKind)
    title = models.CharField("学习内容", max_length=100)
    started_on = models.DateField("开始日期")
    ended_on = models.DateField("结束日期")
    minutes = models.PositiveIntegerField("分钟", default=0)
    half_days = models.PositiveSmallIntegerField("半天数", default=0)
    is_central_course = models.BooleanField("集中轮训", default=False)
    makes_up = models.UUIDField("所补的记录", null=True, editable=False)  # the `uid` of a Meeting
    confirmed_by_name = models.CharField("确认人", max_length=50, blank=True)
    recorded_at = models.DateTimeField("登记于")
    written_by_id = models.BigIntegerField(null=True)
    written_by_name = models.CharField("登记人", max_length=100)
    withdrawn_at = models.DateTimeField("撤回于", null=True)

    objects = StudyRecordQuerySet.as_manager()
    machine = Machine(
        state="withdrawn_at",
        moves={"withdraw": Move("撤回", from_=[None], to=GIVEN, refusal="这次学习已经撤回。")},
    )

    class Meta:
        verbose_name = verbose_name_plural = "学习记录"
        ordering = ["-started_on", "-pk"]
        indexes = [
            models.Index(fields=["member", "started_on"], name="study_of_member"),
            models.Index(fields=["started_on"], name="study_of_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["makes_up", "member"],
                condition=Q(withdrawn_at=None, makes_up__isnull=False),
                name="made_up_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("started_on")),
                name="study_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gt=0, half_days=0) | Q(minutes=0, half_days__gt=0),
                name="study_has_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("life:study-detail", args=[self.batch])

    @property
    def days(self) -> int:
        """How many days it lay on."""
        return (self.ended_on - self.started_on).days + 1


class StudyRule(models.Model):
    """How many 学时 a kind of study counts, from a year on; in quarters of an hour.

    The latest row that has begun is in force. Rows are added for years to come and never changed:
    what was counted before stays.
    """

    PRIVACY = {"set_by_name": Personal("to know who set it")}

    from_year = models.PositiveSmallIntegerField("自哪一年起")
    kind = models.CharField("形式", max_length=12, choices=StudyKind)
    per_half_day = models.PositiveSmallIntegerField("每半天", default=0)
    per_hour = models.PositiveSmallIntegerField("每小时", default=0)
    most_of_half_day = models.PositiveSmallIntegerField("半天最多")
    set_at = models.DateTimeField(null=True)
    set_by_name = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "学时算法"
        ordering = ["from_year", "pk"]

    def __str__(self) -> str:
        return f"{self.from_year} {self.get_kind_display()}"

    @property
    def counting(self) -> Counting:
        """The row as the arithmetic takes it."""
        return Counting(self.per_half_day, self.per_hour, self.most_of_half_day)


class StudyNorm(models.Model):
    """How much a group of members is to study, from a year on; in quarters of an hour. Kept as
    rules are."""

    PRIVACY = {"set_by_name": Personal("to know who set it")}

    from_year = models.PositiveSmallIntegerField("自哪一年起")
    group = models.CharField("对象", max_length=16, choices=StudyGroup)
    quarters = models.PositiveSmallIntegerField("学时（刻）", default=0)
    central_courses = models.PositiveSmallIntegerField("集中轮训", default=0)
    courses = models.PositiveSmallIntegerField("培训", default=0)
    within_months = models.PositiveSmallIntegerField("几个月内", default=0)
    set_at = models.DateTimeField(null=True)
    set_by_name = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "学时标准"
        ordering = ["from_year", "pk"]

    def __str__(self) -> str:
        return f"{self.from_year} {self.get_group_display()}"

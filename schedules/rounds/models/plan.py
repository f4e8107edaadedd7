import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from core import clock
from core.actor import Actor
from core.states import Machine, Move
from orgs.access import in_scope

from ..enums import DONE_STATES, Cadence, DutyState


class Plan(models.Model):
    """What recurs, for which organisations, with which deadline rule."""

    key = models.SlugField("标识", max_length=40, unique=True)
    name = models.CharField("名称", max_length=60)
    about = models.CharField("说明", max_length=300, blank=True)
    kinds = models.JSONField("组织类别", default=list)
    classes = models.JSONField("组织类型", default=list)  # empty: all
    cadence = models.CharField("频次", max_length=10, choices=Cadence, default=Cadence.MONTH)
    opens_day = models.SmallIntegerField(
        "打开日",
        default=-5,
        help_text="正数：期内第几日；负数：期末前第几日。打开后即可填写。",
        validators=[MinValueValidator(-28), MaxValueValidator(28)],
    )
    due_day = models.PositiveSmallIntegerField(
        "截止日",
        default=5,
        help_text="期满后次月的第几日，遇休息日顺延至下一个工作日。",
        validators=[MinValueValidator(1), MaxValueValidator(28)],
    )
    grace_working_days = models.PositiveSmallIntegerField(
        "宽限（工作日）",
        default=0,
        help_text="截止后几个工作日内报送不记迟报。",
        validators=[MaxValueValidator(20)],
    )
    lock_working_days = models.PositiveSmallIntegerField(
        "锁定（工作日）",
        null=True,
        blank=True,
        help_text="截止后几个工作日不再接收；留空为不锁定。",
        validators=[MaxValueValidator(120)],
    )
    needs_second_look = models.BooleanField("需上级复核", default=False)
    definition_key = models.CharField("表样", max_length=40, blank=True)
    starts_on = models.DateField("起用")
    ends_on = models.DateField("停用", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    machine = Machine(
        revision="revision",
        moves={"edit": Move("修改")},
        stale="另一人刚刚改过这项计划。刚才填写的内容还在下面，请对照最新的规则核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "例行计划"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DutyQuerySet(models.QuerySet["Duty"]):
    def visible_to(self, actor: Actor | None) -> "DutyQuerySet":
        """Duties of organisations in the scope of the role acted in."""
        if actor is None:
            return self.none()
        return self.filter(in_scope(actor))

    def outstanding(self) -> "DutyQuerySet":
        """What the organisation itself still has to do: open or returned."""
        return self.filter(state__in=[DutyState.OPEN, DutyState.RETURNED])

    def overdue(self, now: dt.datetime | None = None) -> "DutyQuerySet":
        """Outstanding and past the deadline."""
        return self.outstanding().filter(due_at__lt=now or clock.now())

    def late(self) -> "DutyQuerySet":
        """First sent after the deadline and its grace."""
        return self.filter(submitted_at__gt=models.F("late_after"))

    def on_time(self) -> "DutyQuerySet":
        """First sent within the deadline and its grace."""
        return self.filter(submitted_at__lte=models.F("late_after"))

    def done(self) -> "DutyQuerySet":
        return self.filter(state__in=DONE_STATES)


class Duty(models.Model):
    """One plan, one organisation, one period: what is to be done, by when, and how it stands."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="duties")
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="duties"
    )
    period = models.CharField("期间", max_length=8)
    due_on = models.DateField("截止日")
    due_at = models.DateTimeField("截止")  # midnight after due_on, local time
    late_after = models.DateTimeField("迟报起算")
    locks_at = models.DateTimeField("锁定", null=True)
    state = models.CharField("状态", max_length=10, choices=DutyState, default=DutyState.OPEN)
    submitted_at = models.DateTimeField("首次报送", null=True)
    returned_count = models.PositiveSmallIntegerField("退回次数", default=0)
    finished_at = models.DateTimeField("办结", null=True)
    waived_reason = models.CharField("免报原因", max_length=200, blank=True)
    opened_at = models.DateTimeField("打开")

    objects = DutyQuerySet.as_manager()
    # It follows the record that fulfils it; that one says who may do what.
    machine = Machine(
        state="state",
        moves={
            "submit": Move("报送", to=DutyState.SUBMITTED),
            "return": Move("退回", to=DutyState.RETURNED),
            "accept": Move("通过", to=DutyState.ACCEPTED),
            "confirm": Move("复核", to=DutyState.CONFIRMED),
            "waive": Move("免报", from_=[DutyState.OPEN, DutyState.RETURNED], to=DutyState.WAIVED),
        },
        refusal="这项任务现在是“{state}”，这一步已不适用。请刷新页面查看最新情况。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "应办事项"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "organization", "period"], name="duty_once_a_period"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "period"], name="duty_of_organization"),
            models.Index(fields=["plan", "period", "state"], name="duty_of_period"),
            models.Index(fields=["plan", "period", "due_at"], name="duty_first_due"),
            models.Index(
                fields=["due_on"],
                name="duty_outstanding",
                condition=Q(state__in=["open", "returned"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.period}"

    @property
    def is_late(self) -> bool:
        """Whether it was first sent late. Stays true after everything else is put right."""
        return self.submitted_at is not None and self.submitted_at > self.late_after

    def is_overdue(self, now: dt.datetime) -> bool:
        """Whether it is still to be done and its deadline has passed."""
        return self.state in (DutyState.OPEN, DutyState.RETURNED) and now > self.due_at

    def is_locked(self, now: dt.datetime) -> bool:
        """Whether nothing is accepted any more."""
        return self.locks_at is not None and now > self.locks_at


class ReminderMark(models.Model):
    """A person was reminded of a duty at a stage; never twice."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="reminder_marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=16)
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "提醒记录"
        constraints = [
            models.UniqueConstraint(fields=["duty", "user", "stage"], name="reminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.stage}"

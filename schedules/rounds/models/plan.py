import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from core.states import Machine, Move

from ..enums import Cadence


class PlanQuerySet(models.QuerySet["Plan"]):
    def in_order(self) -> "PlanQuerySet":
        """As pages offer them: the first is the one meant where none is chosen."""
        return self.order_by("position", "pk")

    def begun(self, day: dt.date) -> "PlanQuerySet":
        """Those that have begun and have not ended on the day; some may have run out."""
        return self.filter(starts_on__lte=day).exclude(ends_on__lt=day)

    def in_force(self, day: dt.date) -> "PlanQuerySet":
        """Those that open periods on the day."""
        return self.begun(day).exclude(valid_until__lt=day)


class Plan(models.Model):
    """What recurs, for which organisations, with which deadline rule, fulfilled by what."""

    key = models.SlugField("标识", max_length=40, unique=True)
    name = models.CharField("名称", max_length=60)
    about = models.CharField("说明", max_length=300, blank=True)
    basis = models.CharField(
        "依据",
        max_length=200,
        blank=True,
        help_text="按哪份文件或哪次会议办，印在报表上。如《2026年党建工作要点》第 9 条。",
    )
    # What fulfils it: a kind of the registry in fulfilment.py.
    fulfilment = models.CharField("办理方式", max_length=40, default="report")
    required_count = models.PositiveSmallIntegerField(
        "应办次数",
        default=1,
        help_text="每期要办几次，如每季度三次。",
        validators=[MinValueValidator(1), MaxValueValidator(99)],
    )
    # The first plan in this order is the one shown where no other is chosen.
    position = models.PositiveSmallIntegerField("排序", default=10)
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
    mend_working_days = models.PositiveSmallIntegerField(
        "补报期限（工作日）",
        default=3,
        help_text="退回后几个工作日内补齐；补录的组织也从这时起算。",
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    lead_days = models.PositiveSmallIntegerField(
        "提前（天）",
        null=True,
        blank=True,
        help_text="期限前多少天列为应办。留空为这类事项通常的天数。",
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    # The stages at which people are reminded (queries/reminding.py); empty: the usual ones.
    steps = models.JSONField("提醒步骤", default=list, blank=True)
    needs_second_look = models.BooleanField(
        "需上级复核",
        default=False,
        help_text="从之后打开的期间起；已打开的仍按原来的规定。",
    )
    starts_on = models.DateField("起用")
    ends_on = models.DateField("停用", null=True, blank=True)
    # Its number in the zone's register of what is asked for, never given twice; and the day after
    # which it opens nothing any more unless somebody renews it.
    number = models.CharField("编号", max_length=20, blank=True, editable=False)
    valid_until = models.DateField("有效至", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PlanQuerySet.as_manager()
    machine = Machine(
        revision="revision",
        moves={"edit": Move("修改"), "renew": Move("续期")},
        stale="另一人刚刚改过这项计划。刚才填写的内容还在下面，请对照最新的规则核对后再保存。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "例行计划"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~models.Q(number=""), name="plan_number_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def has_ended(self, day: dt.date) -> bool:
        """Whether its last day is over."""
        return self.ends_on is not None and self.ends_on < day

    def has_expired(self, day: dt.date) -> bool:
        """Whether it is past the day until which it holds: then it opens nothing any more."""
        return self.valid_until is not None and self.valid_until < day

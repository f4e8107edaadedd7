from django.db import models

from ..privacy import Personal
from ..states import Machine, Move


class Effect(models.Model):
    """Something to be done outside the transaction that decided it: the row is the work."""

    PRIVACY = {
        "payload": Personal("to carry work out after the page has answered; ids, not data"),
        "last_error": Personal("to find out why work stopped; its words are not shown on pages"),
    }

    class State(models.TextChoices):
        PENDING = "pending", "待办"
        LEASED = "leased", "办理中"
        SENDING = "sending", "发送中"
        DONE = "done", "完成"
        UNKNOWN = "unknown", "结果不明"
        DEAD = "dead", "已停止"
        SKIPPED = "skipped", "已放弃"

    key = models.CharField("唯一键", max_length=200, unique=True)
    kind = models.CharField("类别", max_length=80)
    payload = models.JSONField("内容", default=dict)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PENDING)
    not_before = models.DateTimeField("最早")
    lease_until = models.DateTimeField("租期至", null=True)
    lease_token = models.CharField("租约", max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    last_error = models.CharField("最近错误", max_length=500, blank=True)
    created_at = models.DateTimeField("建立于")
    finished_at = models.DateTimeField("结束于", null=True)

    # Whose lease it is, and whether it has run out, are conditions of those who move it.
    machine = Machine(
        state="state",
        moves={
            "claim": Move("认领", from_=[State.PENDING, State.LEASED], to=State.LEASED),
            "hold": Move("续租", from_=[State.LEASED, State.SENDING]),
            "send": Move("发送", from_=[State.LEASED, State.SENDING], to=State.SENDING),
            "finish": Move("办结", from_=[State.LEASED, State.SENDING], to=State.DONE),
            "lose": Move("失去下落", from_=[State.LEASED, State.SENDING], to=State.UNKNOWN),
            "postpone": Move("推迟", from_=[State.LEASED, State.SENDING], to=State.PENDING),
            "stop": Move("停止", from_=[State.LEASED, State.SENDING], to=State.DEAD),
            "retry": Move("重试", from_=[State.DEAD, State.UNKNOWN], to=State.PENDING),
            "give_up": Move("放弃", from_=[State.DEAD, State.UNKNOWN], to=State.SKIPPED),
        },
        refusal="这一项的状态已变化，请刷新后再看。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "后台事项"
        indexes = [
            models.Index(fields=["state", "not_before"], name="effect_due"),
            models.Index(fields=["lease_token"], name="effect_lease"),
        ]

    def __str__(self) -> str:
        return self.key


class Slot(models.Model):
    """A planned run of a periodic job; unique, so that two clocks make one run."""

    job = models.CharField("作业", max_length=80)
    planned_for = models.DateTimeField("计划时间")

    class Meta:
        verbose_name = verbose_name_plural = "计划时点"
        constraints = [
            models.UniqueConstraint(fields=["job", "planned_for"], name="slot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.planned_for:%Y-%m-%d %H:%M}"


class Heartbeat(models.Model):
    """Last sign of life of a background part."""

    name = models.CharField("部件", max_length=40, primary_key=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "心跳"

    def __str__(self) -> str:
        return self.name

"""Choices of cycles. Values are stable and never reused."""

from django.db.models import TextChoices


class CycleState(TextChoices):
    """How far a cycle is. While it runs, points are the assessed's own account and nobody else's;
    while it is reviewed and decided on, the assessed wait for the feedback."""

    RUNNING = "running", "进行中"
    FROZEN = "frozen", "事实已冻结"
    REVIEWING = "reviewing", "复核中"
    SUBMITTED = "submitted", "待审定"
    SEALED = "sealed", "已审定"


class RunState(TextChoices):
    """How far a computation of a whole cycle is."""

    PLANNED = "planned", "等待计算"
    READING = "reading", "取数"
    SCORING = "scoring", "计分"
    DONE = "done", "已完成"
    FAILED = "failed", "没有完成"


class PostingKind(TextChoices):
    """What a booking of the year's account is for."""

    MID_YEAR = "mid_year", "年中"
    CREDIT = "credit", "整改恢复"
    SECOND_HALF = "second_half", "下半年"
    CORRECTION = "correction", "更正"

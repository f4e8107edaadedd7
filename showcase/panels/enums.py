"""Choices of panels. Values are stable and never reused."""

from django.db.models import TextChoices


class PanelState(TextChoices):
    """How far a panel is."""

    OPEN = "open", "评审中"
    CLOSED = "closed", "评审结束"
    CANCELLED = "cancelled", "已取消"


class SeatState(TextChoices):
    """Whether one of the named judges."""

    SITS = "sits", "参加评审"
    OUT = "out", "回避"
    LEFT = "left", "不再参加"

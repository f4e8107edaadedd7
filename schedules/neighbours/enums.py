"""Choices of wishes, posts and partnerships. Values are stable and never reused."""

from django.db.models import TextChoices


class WishState(TextChoices):
    """待认领 ⇄ 已认领 → 已实现; 已撤回 with a reason."""

    OPEN = "open", "待认领"
    CLAIMED = "claimed", "已认领"
    FULFILLED = "fulfilled", "已实现"
    WITHDRAWN = "withdrawn", "已撤回"


class Breadth(TextChoices):
    """Who is told of a wish and may claim it."""

    COMMITTEE = "committee", "本党委（街道、镇、部门）"
    ZONE = "zone", "全区"


class PartnershipKind(TextChoices):
    """What brings two together."""

    REGISTRATION = "registration", "双报到"
    SHARED = "shared", "共驻共建"


class LineKind(TextChoices):
    """What a line of a partnership tells."""

    NEED = "need", "需求"
    RESULT = "result", "办成的事"

"""Choices of reviews. Values are stable and never reused."""

from django.db.models import TextChoices


class ReviewState(TextChoices):
    """How far the review of a cycle is."""

    PREPARING = "preparing", "安排中"
    GOING = "going", "复核中"


class Why(TextChoices):
    """Why an item is looked at by reviewers; the others are counted and questioned by nobody."""

    DISCRETION = "discretion", "酌情"
    BY_HAND = "by_hand", "人工评分"
    DIFFERS = "differs", "自评与事实不一致"
    QUESTIONED = "questioned", "单位提出疑问"
    SAMPLE = "sample", "抽样，两人独立评"
    AWARD = "award", "申报的加分"


class ItemState(TextChoices):
    """How far an item is: nobody who still has to mark it can tell."""

    OPEN = "open", "在评"
    THIRD = "third", "请第三人评"
    DONE = "done", "已评"


class SeatState(TextChoices):
    """How far one reviewer's part of an item is."""

    OPEN = "open", "未评"
    GIVEN = "given", "已评"
    LEFT = "left", "已移交"


class Conflict(TextChoices):
    """Why somebody must not review an organisation."""

    BELONGS = "belongs", "是这家单位的人"
    HELD = "held", "两年内在这家单位任过职"
    DECLARED = "declared", "已登记回避"

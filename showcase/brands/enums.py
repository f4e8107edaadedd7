"""Choices of brands. Values are stable and never reused."""

from django.db.models import TextChoices


class HighlightState(TextChoices):
    """A bright spot: 已记 → 已列为候选 (a brand began with it), or 已收回."""

    NOTED = "noted", "已记"
    TAKEN = "taken", "已列为候选"
    DROPPED = "dropped", "已收回"


class BrandState(TextChoices):
    """候选 → 培育中 → 评审中 → 已命名 ⇄ 复审中 → 已撤销; 不再培育 before it is named."""

    CANDIDATE = "candidate", "候选"
    CULTIVATING = "cultivating", "培育中"
    REVIEWING = "reviewing", "评审中"
    NAMED = "named", "已命名"
    RECHECKING = "rechecking", "复审中"
    WITHDRAWN = "withdrawn", "已撤销"
    DROPPED = "dropped", "不再培育"


class Phase(TextChoices):
    """What cultivating is made of: 实践—总结—提炼."""

    PRACTICE = "practice", "实践"
    SUMMARY = "summary", "总结"
    REFINEMENT = "refinement", "提炼"


class Passed(TextChoices):
    """What happened to a brand, as its timeline says it."""

    TAKE = "take", "列为候选"
    BEGIN = "begin", "列入培育"
    SUBMIT = "submit", "提交评审"
    RETURN = "return", "退回培育"
    NAME = "name", "命名"
    RECHECK = "recheck", "开始复审"
    KEEP = "keep", "复审通过"
    WITHDRAW = "withdraw", "撤销"
    DROP = "drop", "不再培育"


class Verdict(TextChoices):
    """What is decided after a review."""

    YES = "yes", "通过"
    NO = "no", "不通过"

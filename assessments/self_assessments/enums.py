"""Choices of self-assessments. Values are stable and never reused."""

from django.db.models import TextChoices


class SelfState(TextChoices):
    """How far a self-assessment is."""

    DRAFT = "draft", "填写中"
    SENT = "sent", "已报送"
    RETURNED = "returned", "部分退回"


class Stance(TextChoices):
    """What the assessed say of an indicator: what was counted stands, or is questioned with a reason;
    of the others they give the mark that they would give themselves."""

    STANDS = "stands", "认可"
    QUESTIONED = "questioned", "有异议"
    MARKED = "marked", "自评"

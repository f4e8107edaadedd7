"""Choices of ballots. Values are stable and never reused."""

from django.db.models import TextChoices


class RoundState(TextChoices):
    """How far the count of a ballot is. Nothing tells here whether one of two has counted."""

    OPEN = "open", "计票中"
    DIFFERING = "differing", "两人不一致"
    DONE = "done", "已计完"


class ReportState(TextChoices):
    """Whether a secretary's report is still being written."""

    DRAFT = "draft", "草稿"
    SENT = "sent", "已报送"
    RETURNED = "returned", "已退回"

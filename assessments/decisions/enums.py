"""Choices of decisions. Values are stable and never reused."""

from django.db.models import TextChoices


class Audience(TextChoices):
    """To whom results are shown beyond the feedback to each by himself."""

    ASSESSED = "assessed", "这一期被考核的单位"
    ZONE = "zone", "开发区内全体"


class Shown(TextChoices):
    """What of the results is shown."""

    GRADES = "grades", "只公布等次"
    TOTALS = "totals", "公布等次和得分"


class PublicationState(TextChoices):
    """Whether a publication was taken back."""

    OPEN = "open", "已公布"
    WITHDRAWN = "withdrawn", "已撤回"


class ObjectionState(TextChoices):
    """How far an objection is."""

    RAISED = "raised", "待指定复核人"
    RECHECKING = "rechecking", "复核中"
    PROPOSED = "proposed", "待批准更正"
    CLOSED = "closed", "已答复"
    WITHDRAWN = "withdrawn", "已撤回"


class Outcome(TextChoices):
    """What the re-check found."""

    UPHELD = "upheld", "异议成立"
    PARTLY = "partly", "异议部分成立"
    REJECTED = "rejected", "异议不成立"

"""Choices of weak organisations that are put right. Values are stable and never reused."""

from django.db.models import TextChoices


class CaseState(TextChoices):
    """排查 → 认定 → 整顿 → 验收 → 跟踪一年 → 销号; what is not decided to be weak ends at once."""

    PROPOSED = "proposed", "待认定"
    DECLINED = "declined", "不予认定"
    DECIDED = "decided", "待定方案"
    RIGHTING = "righting", "整顿中"
    FOLLOWED = "followed", "跟踪中"
    ENDED = "ended", "已结束"


OPEN = (CaseState.PROPOSED, CaseState.DECIDED, CaseState.RIGHTING, CaseState.FOLLOWED)
TOLD = (CaseState.DECIDED, CaseState.RIGHTING, CaseState.FOLLOWED, CaseState.ENDED)


class Finding(TextChoices):
    """What is decided about an organisation that was looked at."""

    WEAK = "weak", "认定为软弱涣散"
    NOT_WEAK = "not_weak", "不予认定"


class Acceptance(TextChoices):
    """What the zone finds when the measures are done."""

    PASSED = "passed", "通过，转入一年跟踪"
    AGAIN = "again", "没有通过，补充方案再整顿"


class FollowUp(TextChoices):
    """What is found while it is followed for a year."""

    LASTING = "lasting", "稳住了"
    RELAPSED = "relapsed", "又出现问题，重新整顿"


class StepKind(TextChoices):
    """The steps of a case, as its page tells them."""

    OPENED = "opened", "提出"
    DECIDED = "decided", "认定"
    DECLINED = "declined", "不予认定"
    PLANNED = "planned", "定方案"
    ACCEPTED = "accepted", "验收通过"
    SENT_BACK = "sent_back", "验收没有通过"
    LASTING = "lasting", "回访，稳住了"
    RELAPSED = "relapsed", "回访，又出现问题"
    MERGED = "merged", "随单位合并"

"""Choices of residents' concerns. Values are stable and never reused."""

from django.db.models import TextChoices


class ConcernState(TextChoices):
    """待分派 → 办理中 → 待回访 → 已办结; 不属本级 is a good end too. What came by the public
    form and is none (spam) ends as 不作诉求办理."""

    WAITING = "waiting", "待分派"
    DOING = "doing", "办理中"
    ANSWERED = "answered", "待回访"
    CLOSED = "closed", "已办结"
    ELSEWHERE = "elsewhere", "不属本级"
    DROPPED = "dropped", "不作诉求办理"


OPEN = (ConcernState.WAITING, ConcernState.DOING)
"""Nobody has answered yet: the clock runs."""


class ConcernSource(TextChoices):
    """How it came."""

    BRANCH = "branch", "支部走访"
    GRID = "grid", "网格员上报"
    STREET = "street", "街道受理"
    HOTLINE = "hotline", "12345工单"
    PUBLIC = "public", "公开表单"


class Urgency(TextChoices):
    NORMAL = "normal", "一般"
    URGENT = "urgent", "紧急"


class CallBack(TextChoices):
    """What the resident said when somebody else called; it never stands alone as a figure."""

    SOLVED = "solved", "已解决，满意"
    EXPLAINED = "explained", "没有全部解决，理解"
    UNREACHED = "unreached", "三次没有联系上"
    UNSOLVED = "unsolved", "没有解决，重新办理"
    NO_CONTACT = "no_contact", "没有留联系方式"


class ConcernStepKind(TextChoices):
    TAKEN = "taken", "受理"
    ASSIGNED = "assigned", "分派"
    TRANSFERRED = "transferred", "转办"
    ANSWERED = "answered", "答复"
    REFUSED = "refused", "不属本级"
    CALLED = "called", "回访"
    REOPENED = "reopened", "重新办理"
    HANDED = "handed", "转督办"
    INHERITED = "inherited", "随合并转入"
    DROPPED = "dropped", "不作诉求办理"
    PASSED_UP = "passed_up", "向上级报送"


class PracticeState(TextChoices):
    """What a committee made of the proposal to make a way its usual one."""

    ADOPTED = "adopted", "常态做法"
    DECLINED = "declined", "不上升"
    RETIRED = "retired", "不再用"

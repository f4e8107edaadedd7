"""Choices of action items. Values are stable and never reused."""

from django.db.models import TextChoices


class ActionState(TextChoices):
    """State of an item (交办→签收→办理→报结→核验→销号). Whether it is overdue follows from its days."""

    DRAFT = "draft", "拟稿"
    ISSUED = "issued", "待签收"
    DOING = "doing", "办理中"
    WAITING = "waiting", "等别的单位"
    REPORTED = "reported", "待核验"
    CLOSED = "closed", "已销号"
    CANCELLED = "cancelled", "已作废"


UNDER_WAY = (
    ActionState.ISSUED,
    ActionState.DOING,
    ActionState.WAITING,
    ActionState.REPORTED,
)
"""在办: issued, and neither closed nor cancelled."""


class Shape(TextChoices):
    """How an item is made up."""

    SINGLE = "single", "单项"
    LIST = "list", "清单"
    SHARED = "shared", "多单位"


class Priority(TextChoices):
    NORMAL = "normal", "一般"
    IMPORTANT = "important", "重要"
    URGENT = "urgent", "紧急"


class Category(TextChoices):
    """What an item is about: repeats are found by it."""

    LIFE = "life", "组织生活"
    TERM = "term", "班子与换届"
    MEMBERS = "members", "党员教育管理"
    ADMISSION = "admission", "发展党员"
    REPORTING = "reporting", "月报与台账"
    DUES = "dues", "党费"
    PREMISES = "premises", "阵地与经费"
    RESIDENTS = "residents", "群众诉求"
    WORK = "work", "重点工作"
    OTHER = "other", "其他"


class Cause(TextChoices):
    """Why it came to it, as whoever checks sees it."""

    UNKNOWN = "unknown", "待查"
    DUTY = "duty", "责任没有落实"
    PEOPLE = "people", "人手不足"
    SKILL = "skill", "不熟悉业务"
    RULE = "rule", "制度不清"
    MEANS = "means", "场地经费不足"
    OTHERS = "others", "需别的单位配合"
    OUTSIDE = "outside", "客观条件"


class ActionStepKind(TextChoices):
    """What happened to an item; its timeline."""

    ISSUED = "issued", "交办"
    RECEIVED = "received", "签收"
    PROGRESS = "progress", "进展"
    COMMENT = "comment", "留言"
    WAITING = "waiting", "等别的单位"
    RESUMED = "resumed", "恢复办理"
    REPORTED = "reported", "报结"
    WITHDRAWN = "withdrawn", "撤回报结"
    CLOSED = "closed", "销号"
    RETURNED = "returned", "退回"
    ASKED = "asked", "申请延期"
    EXTENDED = "extended", "延期"
    REFUSED = "refused", "不同意延期"
    TRANSFERRED = "transferred", "转办"
    CANCELLED = "cancelled", "作废"
    LINE = "line", "清单"
    LOOKED = "looked", "回头看"
    LINKED = "linked", "再次提到"
    UNLINKED = "unlinked", "取消关联"
    GATHERED = "gathered", "并入"
    ESCALATED = "escalated", "报上一级"


class ExtensionState(TextChoices):
    ASKED = "asked", "待答复"
    GRANTED = "granted", "已同意"
    REFUSED = "refused", "未同意"


class LineState(TextChoices):
    """State of one line of a list."""

    OPEN = "open", "办理中"
    REPORTED = "reported", "待核验"
    DONE = "done", "已办成"


class Look(TextChoices):
    """What somebody else found 60 to 90 days after an item was closed."""

    NONE = "", "未回头看"
    LASTING = "lasting", "长效"
    RELAPSED = "relapsed", "反弹"


class FeedbackKind(TextChoices):
    """What somebody speaks of (意见建议)."""

    BURDEN = "burden", "减负"
    SYSTEM = "system", "系统使用"
    WORK = "work", "工作"
    OTHER = "other", "其他"


class FeedbackState(TextChoices):
    WAITING = "waiting", "待答复"
    ANSWERED = "answered", "已答复"
    WITHDRAWN = "withdrawn", "已撤回"

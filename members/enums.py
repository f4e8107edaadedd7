"""Choices of the member model. Values are stable and never reused."""

from django.db.models import TextChoices


class Sex(TextChoices):
    """GB/T 2261.1."""

    UNKNOWN = "0", "未知"
    MALE = "1", "男"
    FEMALE = "2", "女"


class Category(TextChoices):
    """人员类别."""

    FULL = "full_member", "正式党员"
    PROBATIONARY = "probationary_member", "预备党员"


class MembershipState(TextChoices):
    """党籍状态 (item 14 of the national form), and those who have left."""

    NORMAL = "normal", "正常"
    SUSPENDED = "suspended", "停止党籍"
    LEFT = "left", "已离开"


class ExitReason(TextChoices):
    """How somebody left (reference §2.5). Nobody is ever deleted."""

    TRANSFERRED = "transferred", "转出"
    DECEASED = "deceased", "去世"
    EXPELLED = "expelled", "开除党籍"
    LAPSED = "lapsed", "除名（自行脱党）"
    RESIGNED = "resigned", "除名（退党）"
    PERSUADED = "persuaded", "除名（劝退）"
    PROBATION_CANCELLED = "probation_cancelled", "取消预备党员资格"


# Those by which somebody is no member any more by decision.
EXCLUSIONS = frozenset(
    {
        ExitReason.EXPELLED,
        ExitReason.LAPSED,
        ExitReason.RESIGNED,
        ExitReason.PERSUADED,
        ExitReason.PROBATION_CANCELLED,
    }
)


class DecisionKind(TextChoices):
    """党籍处理: what the branch resolves and a committee above approves. The first five are the
    exclusions, by the same values."""

    EXPELLED = "expelled", "开除党籍"
    LAPSED = "lapsed", "除名（自行脱党）"
    RESIGNED = "resigned", "除名（退党）"
    PERSUADED = "persuaded", "除名（劝退）"
    PROBATION_CANCELLED = "probation_cancelled", "取消预备党员资格"
    SUSPENDED = "suspended", "停止党籍"
    RESUMED = "resumed", "恢复党籍（停止党籍的）"
    RESTORED = "restored", "恢复党籍（已出党的）"


class MovementKind(TextChoices):
    """Why the number on a roll is another than before. Computed, never stored."""

    ADMITTED = "admitted", "接收预备党员"
    TRANSFERRED_IN = "transferred_in", "转入"
    RESTORED = "restored", "恢复"
    MOVED_IN = "moved_in", "区内调入"
    TRANSFERRED_OUT = "transferred_out", "转出"
    DECEASED = "deceased", "去世"
    REMOVED = "removed", "出党"
    SUSPENDED = "suspended", "停止党籍"
    MOVED_OUT = "moved_out", "区内调出"
    BECAME_FULL = "became_full", "转正"
    LATE = "late", "补记以前"


class RevealedField(TextChoices):
    """Sealed items that can be looked at one by one, with a reason."""

    IDENTITY_NUMBER = "identity_number", "公民身份号码"
    PHONE = "phone", "联系电话"
    ADDRESS = "address", "家庭住址"


# --- what lists can be narrowed to: key in the address, word on the page -------------------------

AGE_BANDS = {
    "young": "35岁及以下",
    "middle": "36—59岁",
    "senior": "60岁及以上",
}
PRESENCE = {
    "mobile": "流动党员",
    "lost": "失联党员",
    "excused": "免到",
}
SECRETARY = "书记"
# 党内职务 is free text: 书记 stands at its beginning or behind a comma, and is no part of 副书记.
SECRETARY_AMONG_OTHERS = rf"^{SECRETARY}[^a-z]|[、，,;； ]{SECRETARY}"
POSTS = {
    "any": "任职党员",
    SECRETARY: "书记",
    "副书记": "副书记",
    "组织委员": "组织委员",
    "宣传委员": "宣传委员",
    "纪检委员": "纪检委员",
    "none": "无职党员",
}
# Why a number moved, where no leaving says it.
PUT_RIGHT, REASON_UNTOLD, WITH_PLACE = "登记更正", "未记原因", "随组织调整"
KINDS_IN = (
    *(MovementKind.ADMITTED, MovementKind.TRANSFERRED_IN),
    *(MovementKind.RESTORED, MovementKind.MOVED_IN),
)
KINDS_OUT = (
    *(MovementKind.TRANSFERRED_OUT, MovementKind.DECEASED, MovementKind.REMOVED),
    *(MovementKind.SUSPENDED, MovementKind.MOVED_OUT),
)
KINDS_LEFT = (MovementKind.TRANSFERRED_OUT, MovementKind.DECEASED, MovementKind.REMOVED)
DENOMINATORS = {"expected": "应到", "entitled": "有表决权"}
STATES = {
    "": "在册",
    "suspended": "停止党籍",
    "left": "已离开",
    "all": "全部",
}
MARKS = {"lost": "失联", "mobile": "流动"}  # beside a name, where there is room for one word

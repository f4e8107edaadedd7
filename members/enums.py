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


class RevealedField(TextChoices):
    """Sealed items that can be looked at one by one, with a reason."""

    IDENTITY_NUMBER = "identity_number", "公民身份号码"
    PHONE = "phone", "联系电话"
    ADDRESS = "address", "家庭住址"

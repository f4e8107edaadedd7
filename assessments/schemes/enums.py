"""Choices of schemes. Values are stable and never reused."""

from django.db.models import TextChoices


class Level(TextChoices):
    """Whom a scheme measures: those directly below who made it, or the branches under it."""

    DIRECT = "direct", "直属党委"
    BRANCH = "branch", "党支部"


class VersionState(TextChoices):
    """How far a version of a scheme is. What is published never changes."""

    DRAFT = "draft", "草案"
    SUBMITTED = "submitted", "待审定"
    PUBLISHED = "published", "已发布"
    DISCARDED = "discarded", "已作废"


class ExemptionMode(TextChoices):
    """What takes the place of an indicator that is out; the words of the rule `not_applicable`."""

    FULL = "full", "按满分计"
    RESCALE = "rescale", "不计，其余折算"


class ExemptionState(TextChoices):
    """How far an exemption is. It ends by itself with its last day."""

    PROPOSED = "proposed", "待批准"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    ENDED = "ended", "提前终止"


class ExemptionLook(TextChoices):
    """How an exemption stands on a day, as pages name it: by its state and its days."""

    PROPOSED = "proposed", "待批准"
    COMING = "coming", "未开始"
    HOLDING = "holding", "有效"
    EXPIRED = "expired", "已到期"
    ENDED = "ended", "已终止"
    VOID = "void", "作废"
    REFUSED = "refused", "未批准"


class SchemeStepKind(TextChoices):
    """What happened to a version, as its timeline shows it."""

    CREATE = "create", "拟定"
    IMPORT = "import", "导入"
    SUBMIT = "submit", "提交审定"
    SEND_BACK = "send_back", "退回修改"
    PUBLISH = "publish", "发布"
    DISCARD = "discard", "作废"

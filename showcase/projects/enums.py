"""Choices of projects. Values are stable and never reused."""

from django.db.models import TextChoices


class ProjectKind(TextChoices):
    """Who carries it: the secretary himself, or all hands on one hard thing."""

    SECRETARY = "secretary", "书记项目"
    ASSAULT = "assault", "攻坚行动"


class ProjectState(TextChoices):
    """How far a project is, from the first draft to what became of it."""

    DRAFT = "draft", "拟报"
    SUBMITTED = "submitted", "待预审"
    REVIEWING = "reviewing", "评审中"
    RETURNED = "returned", "退回修改"
    RUNNING = "running", "实施中"
    CLOSING = "closing", "待验收"
    CLOSED = "closed", "已结项"
    REJECTED = "rejected", "不予立项"
    TERMINATED = "terminated", "已终止"
    DROPPED = "dropped", "不报了"


class Verdict(TextChoices):
    """What is decided on a proposal."""

    APPROVE = "approve", "立项"
    RETURN = "return", "退回修改"
    REJECT = "reject", "不予立项"


class Grade(TextChoices):
    """What a finished project is worth."""

    EXCELLENT = "excellent", "优秀"
    QUALIFIED = "qualified", "合格"
    UNQUALIFIED = "unqualified", "不合格"


class After(TextChoices):
    """What becomes of it once it is over."""

    SPREAD = "spread", "推广"
    ARCHIVED = "archived", "归档"


class ChangeKind(TextChoices):
    """What the owner asks for while it runs."""

    CHANGE = "change", "变更"
    EXTEND = "extend", "延期"
    TERMINATE = "terminate", "终止"


class ChangeState(TextChoices):
    """What became of what was asked."""

    ASKED = "asked", "待审批"
    AGREED = "agreed", "已同意"
    REFUSED = "refused", "未同意"


class CampaignKind(TextChoices):
    """Which work a campaign serves."""

    POVERTY = "poverty", "脱贫帮扶"
    LAND = "land", "低效用地盘活"
    VILLAGE = "village", "农村公共空间治理"
    MAJOR = "major", "重大项目推进"
    INTEGRITY = "integrity", "廉政"
    IDEOLOGY = "ideology", "意识形态"
    CONDUCT = "conduct", "作风"


class StepKind(TextChoices):
    """The acts on a project's timeline."""

    CREATED = "created", "拟报"
    SUBMITTED = "submitted", "申报"
    REVIEW = "review", "预审通过，送评审"
    APPROVED = "approved", "立项"
    RETURNED = "returned", "退回修改"
    REJECTED = "rejected", "不予立项"
    MILESTONE = "milestone", "节点完成"
    MIDTERM = "midterm", "中期检查"
    ASKED = "asked", "申请调整"
    AGREED = "agreed", "同意调整"
    REFUSED = "refused", "不同意调整"
    CLOSING = "closing", "申请结项"
    REOPENED = "reopened", "验收未过，继续办"
    CLOSED = "closed", "结项"
    INHERITED = "inherited", "随合并转来"

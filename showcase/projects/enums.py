"""Choices of projects. Values are stable and never reused."""

from django.db.models import TextChoices


class ProjectState(TextChoices):
    """From the proposal to what became of it; each step is somebody's act."""

    DRAFT = "draft", "拟定"
    SUBMITTED = "submitted", "待预审"
    REVIEW = "review", "评审中"
    RETURNED = "returned", "退回修改"
    REJECTED = "rejected", "不予立项"
    RUNNING = "running", "实施中"
    CLOSING = "closing", "待验收"
    CLOSED = "closed", "已结项"
    SPREAD = "spread", "已推广"
    ARCHIVED = "archived", "已归档"
    TERMINATED = "terminated", "已终止"


class Grade(TextChoices):
    """What the closing of a project was found to be."""

    EXCELLENT = "excellent", "优秀"
    PASSED = "passed", "合格"
    FAILED = "failed", "不合格"


class Ask(TextChoices):
    """What of an approved project needs approval to be otherwise."""

    CHANGE = "change", "变更内容"
    EXTENSION = "extension", "延期"
    TERMINATION = "termination", "终止"


class AskState(TextChoices):
    """A request waits until it is decided on."""

    WAITING = "waiting", "待批"
    GRANTED = "granted", "同意"
    REFUSED = "refused", "不同意"


class CampaignKind(TextChoices):
    """What a campaign is about; the last three are joined to the business they serve."""

    RELIEF = "relief", "帮扶攻坚"
    LAND = "land", "低效用地盘活"
    VILLAGE = "village", "农村公共空间治理"
    MAJOR = "major", "重大项目推进"
    INTEGRITY = "integrity", "廉政建设"
    IDEOLOGY = "ideology", "意识形态"
    CONDUCT = "conduct", "作风建设"


class StepKind(TextChoices):
    """What the timeline of a project calls what happened."""

    CREATE = "create", "拟定"
    SUBMIT = "submit", "申报"
    PASS = "pass", "预审通过，送评审"
    RETURN = "return", "退回修改"
    REJECT = "reject", "不予立项"
    APPROVE = "approve", "批准立项"
    DONE = "done", "完成节点"
    REOPEN = "reopen", "重新打开节点"
    ASK = "ask", "提出申请"
    GRANT = "grant", "同意申请"
    REFUSE = "refuse", "不同意申请"
    SPEND = "spend", "登记支出"
    MIDTERM = "midterm", "中期检查"
    CLOSE = "close", "申请结项"
    GRADE = "grade", "验收"
    SPREAD = "spread", "推广"
    ARCHIVE = "archive", "归档"
    MOVE = "move", "换承担单位"

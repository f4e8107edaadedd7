"""Choices of plans, duties and reports. Values are stable and never reused."""

from enum import StrEnum

from django.db.models import TextChoices


class Cadence(TextChoices):
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    HALF_YEAR = "half_year", "每半年"
    YEAR = "year", "每年"


class DutyState(TextChoices):
    """Where a duty stands. Whether it is late follows from its moments, not from its state."""

    OPEN = "open", "未报"
    SUBMITTED = "submitted", "待核"
    RETURNED = "returned", "退回"
    ACCEPTED = "accepted", "已通过"
    CONFIRMED = "confirmed", "已复核"
    WAIVED = "waived", "免报"


class Phase(TextChoices):
    """Where the clock has brought a duty: its figures count by this. The clock moves it
    (`actions/phases.py`), so that a figure and the rows behind it agree at any later time."""

    RUNNING = "running", "未到期"
    DUE = "due", "已到期"
    LOCKED = "locked", "已锁定"


DONE_STATES = (DutyState.ACCEPTED, DutyState.CONFIRMED)


class Mark(StrEnum):
    """What one cell of a grid shows of the duties behind it, worst first."""

    MISSING = "m"  # something is overdue
    RETURNED = "r"
    LOCKED = "k"  # never sent, and no longer taken
    NOT_DUE = "d"
    LATE = "l"
    ACCEPTED = "a"
    WAITING = "s"
    NONE = "x"  # nothing was owed


class Absence(StrEnum):
    """Why a cell shows nothing."""

    NOT_OWED = "not_owed"
    NOT_FOUNDED = "not_founded"
    ELSEWHERE = "elsewhere"


class ReportState(TextChoices):
    """State of a report (草稿→已报→退回→已核→复核)."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待核"
    RETURNED = "returned", "退回"
    ACCEPTED = "accepted", "已通过"
    CONFIRMED = "confirmed", "已复核"


class ItemState(TextChoices):
    """State of one item of a report."""

    DRAFT = "draft", "填写中"
    SUBMITTED = "submitted", "待核"
    RETURNED = "returned", "退回"
    ACCEPTED = "accepted", "已通过"


class ItemKind(TextChoices):
    """What an item of a report holds."""

    FIGURES = "figures", "数据"
    TEXT = "text", "文字"
    ENTRIES = "entries", "逐条"
    NUMBER = "number", "数字"
    DATE = "date", "日期"
    CHOICE = "choice", "单选"
    CHOICES = "choices", "多选"
    YES_NO = "yes_no", "是否"
    TABLE = "table", "表格"
    FILES = "files", "附件"


class ItemUse(TextChoices):
    """What an item of a report is read as by those above."""

    PROBLEM = "problem", "突出问题"
    HIGHLIGHT = "highlight", "工作亮点"
    PLAN = "plan", "下期打算"
    OTHER = "other", "其他内容"


class StepKind(TextChoices):
    """What happened to a report; its timeline."""

    SUBMITTED = "submitted", "报送"
    RESUBMITTED = "resubmitted", "补充报送"
    ACCEPTED = "accepted", "通过"
    RETURNED = "returned", "退回"
    CONFIRMED = "confirmed", "复核通过"
    REOPENED = "reopened", "重新打开"
    WITHDRAWN = "withdrawn", "撤回"


class MarkState(TextChoices):
    """Whether a committee brings what a report says before its meeting."""

    MARKED = "marked", "已列入调度"
    UNMARKED = "unmarked", "未列入调度"


class MarkStepKind(TextChoices):
    """What a committee did with what a report says."""

    MARKED = "marked", "列入调度"
    UNMARKED = "unmarked", "不再列入"
    ANSWERED = "answered", "答复"


class Outcome(TextChoices):
    """What became of a thing that was planned."""

    DONE = "done", "完成"
    DROPPED = "dropped", "未完成"
    CONTINUED = "continued", "继续"


class LeftOut(StrEnum):
    """Why something is not arranged for one of many that were chosen."""

    SENT = "sent"  # nothing to be waived or put off any more
    WAIVED = "waived"
    NOT_WAIVED = "not_waived"
    BY_RULE = "by_rule"  # the portal waived it itself
    CASE = "case"  # its day comes from where it is kept
    NO_LATER = "no_later"
    MOVED = "moved"  # somebody did something meanwhile


class Arrangement(TextChoices):
    """What the level above has arranged about a duty; its timeline."""

    WAIVED = "waived", "免报"
    RESUMED = "resumed", "撤销免报"
    EXTENDED = "extended", "延期"
    UNLOCKED = "unlocked", "重新开放"

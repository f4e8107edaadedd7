"""Choices of dispatch meetings. Values are stable and never reused."""

from django.db.models import TextChoices


class MeetingForm(TextChoices):
    GROUP_REPORT = "group_report", "集中汇报"
    FIELD_VISIT = "field_visit", "现场调研"
    OBSERVATION_TOUR = "observation_tour", "统一观摩"


class MeetingState(TextChoices):
    """拟稿 (nobody is told) → 已通知 → 开会 → 闭会 (locked; corrections are amendments)."""

    DRAFT = "draft", "拟稿"
    CALLED = "called", "已通知"
    OPEN = "open", "开会"
    CLOSED = "closed", "闭会"
    CANCELLED = "cancelled", "已取消"


TO_COME = (MeetingState.DRAFT, MeetingState.CALLED)


class Section(TextChoices):
    """The parts of an agenda, in their order."""

    LAST = "last", "上次会议的决定"
    EXCEPTIONS = "exceptions", "本月异常"
    HIGHLIGHTS = "highlights", "亮点"
    PLANS = "plans", "主题与安排"


class Topic(TextChoices):
    """Why a card is on the agenda: the word on its tag."""

    DECISIONS = "decisions", "督办"
    MISSING = "missing", "未报"
    LIMITS = "limits", "出界"
    RETURNED = "returned", "退回"
    VACANT = "vacant", "空缺"
    TERM = "term", "换届"
    OVERDUE = "overdue", "逾期"
    HIGHLIGHT = "highlight", "亮点"
    PROBLEM = "problem", "突出问题"
    PROPOSED = "proposed", "提出"
    THEME = "theme", "主题"
    PLAN = "plan", "安排"


class OutcomeKind(TextChoices):
    TEXT = "text", "决定"
    NEW_ITEM = "new_item", "新督办"
    ITEM = "item", "已有督办"


class CardState(TextChoices):
    """How far a card has come, read from its times and outcomes; nothing is stored."""

    WAITING = "waiting", "待议"
    RUNNING = "running", "正在议"
    DISCUSSED = "discussed", "已议"
    DEFERRED = "deferred", "改期"
    LEFT = "left", "没有议到"


class Presence(TextChoices):
    """Attendance as the recorder writes it down; nothing is assumed before."""

    UNRECORDED = "unrecorded", "未登记"
    PRESENT = "present", "到会"
    DEPUTY = "deputy", "代会"
    ABSENT = "absent", "缺席"


class DrawState(TextChoices):
    """种子已定 (before anything is drawn) → 已抽取 → 已公布 (everybody below may draw it again)."""

    SEEDED = "seeded", "种子已定"
    DRAWN = "drawn", "已抽取"
    PUBLISHED = "published", "已公布"


class VisitState(TextChoices):
    """待去 → 调研中 → 已结束."""

    PLANNED = "planned", "待去"
    UNDER_WAY = "under_way", "调研中"
    DONE = "done", "已结束"
    CANCELLED = "cancelled", "已取消"


VISIT_OPEN = (VisitState.PLANNED, VisitState.UNDER_WAY)

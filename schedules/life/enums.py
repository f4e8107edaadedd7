from enum import StrEnum

from django.db.models import TextChoices


class MeetingKind(TextChoices):
    """What a record of organisation life is of (reference §3.1)."""

    GENERAL_MEETING = "general_meeting", "支部党员大会"
    COMMITTEE_MEETING = "committee_meeting", "支委会"
    GROUP_MEETING = "group_meeting", "党小组会"
    LESSON = "lesson", "党课"
    PARTY_DAY = "party_day", "主题党日"
    LIFE_MEETING = "life_meeting", "组织生活会"
    APPRAISAL = "appraisal", "民主评议党员"
    DUAL_LIFE = "dual_life", "双重组织生活"
    VOLUNTEERING = "volunteering", "志愿服务"


class Roll(StrEnum):
    """Who is expected at a record of a kind."""

    MEMBERS = "members"  # 应到 of the organisation on the day
    COMMITTEE = "committee"  # who holds a post of its committee on the day
    GROUP = "group"  # who is in the 党小组 on the day
    CHOSEN = "chosen"  # who took part; nobody is expected


class MeetingState(TextChoices):
    RECORDED = "recorded", "已登记"
    THANKED = "thanked", "已看"
    RETURNED = "returned", "退回补充"
    WITHDRAWN = "withdrawn", "已撤回"


# What counts: all that has been recorded, also while the level above wants to know more of it.
HELD = (MeetingState.RECORDED, MeetingState.THANKED, MeetingState.RETURNED)


class Presence(TextChoices):
    """How one took part. Who is on no row was not registered (未登记), which is not 缺席."""

    PRESENT = "present", "到会"
    ABSENT = "absent", "缺席"
    GUEST = "guest", "外出参加"  # a mobile member at another branch's: counts at home


class AbsenceReason(TextChoices):
    DUTY = "duty", "公务"
    ILLNESS = "illness", "病假"
    PERSONAL = "personal", "事假"
    AWAY = "away", "外出"
    OTHER = "other", "其他"
    NONE = "none", "没有请假"


class ExemptionReason(TextChoices):
    """Why somebody is not expected for a time (reference §3.3)."""

    AGE = "age", "年老体弱"
    ILLNESS = "illness", "长期病休"
    ABROAD = "abroad", "出国（境）"
    OTHER = "other", "其他"


class LifeStepKind(TextChoices):
    RECORDED = "recorded", "登记"
    CHANGED = "changed", "修改"
    JOINED = "joined", "参加单位点名"
    THANKED = "thanked", "谢谢，够了"
    RETURNED = "returned", "退回"
    WITHDRAWN = "withdrawn", "撤回"

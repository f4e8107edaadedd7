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
    IMPORTED = "imported", "从台账导入"
    CHANGED = "changed", "修改"
    JOINED = "joined", "参加单位点名"
    THANKED = "thanked", "谢谢，够了"
    RETURNED = "returned", "退回"
    WITHDRAWN = "withdrawn", "撤回"


# --- 组织生活会 and 民主评议党员 ---------------------------------------------------------------


class Grade(TextChoices):
    """等次 of 民主评议党员, as the committee decides it (reference §3.1)."""

    EXCELLENT = "excellent", "优秀"
    QUALIFIED = "qualified", "合格"
    BASIC = "basic", "基本合格"
    FAILED = "failed", "不合格"


class ProblemState(TextChoices):
    """How a line of a 问题清单 came out."""

    OPEN = "open", "还在改"
    DONE = "done", "已改"
    CARRIED = "carried", "转入下一年"


# --- 谈心谈话 ---------------------------------------------------------------------------------


class TalkPair(TextChoices):
    """Between whom it was (reference §3.1)."""

    LEADERS = "leaders", "班子成员之间"
    ACROSS = "across", "班子成员与党员之间"
    MEMBERS = "members", "党员之间"


class TalkOccasion(TextChoices):
    """Why they talked, where it is one of those on which one must (reference §3.1). Stored sealed:
    it tells of hardship and of complaints."""

    CHANGE = "change", "工作或组织关系变动"
    REWARD = "reward", "受到表彰奖励"
    HARDSHIP = "hardship", "家庭变故或生活困难"
    SIGNS = "signs", "有苗头性问题或群众反映"
    HANDLED = "handled", "受到处理处分后"
    PROBATIONARY = "probationary", "接收为预备党员"
    FULL = "full", "预备党员转正"
    REVIEW = "review", "反馈民主评议结果"


# --- make-up study and study hours ---------------------------------------------------------------


class StudyKind(TextChoices):
    """How somebody studied; also what rules of counting are set for (reference §§3.1, 3.3)."""

    DELIVERED = "delivered", "送学上门"
    SELF_STUDY = "self_study", "自学"
    REMOTE = "remote", "线上学习"
    ELSEWHERE = "elsewhere", "参加其他支部"
    FULL_TIME = "full_time", "集中培训（脱产）"
    LECTURE = "lecture", "辅导讲座"
    ONLINE = "online", "线上课程"
    PRACTICE = "practice", "主题实践"
    MEETING = "meeting", "支部学习"  # what records of meetings count as; nobody enters it


MAKE_UP_KINDS = (
    *(StudyKind.DELIVERED, StudyKind.SELF_STUDY, StudyKind.REMOTE, StudyKind.ELSEWHERE),
)


# A course in the sense of what beginners and new secretaries owe.
COURSE_KINDS = (StudyKind.FULL_TIME, StudyKind.LECTURE, StudyKind.ONLINE)


ENTERED_KINDS = tuple(one for one in StudyKind if one != StudyKind.MEETING)


class StudyGroup(TextChoices):
    """For whom a yearly norm of study is set."""

    MEMBERS = "members", "党员"
    COMMITTEES = "committees", "书记和班子成员"
    BEGINNERS = "beginners", "预备期和转正后一年内"
    NEW_SECRETARIES = "new_secretaries", "新任书记"


class StudyUnit(TextChoices):
    """What the length of an entry is given in."""

    HOUR = "hour", "小时"
    HALF_DAY = "half_day", "半天"
    DAY = "day", "天"


# What is told of a reason for absence to who is not told the reason (`queries/absences.py`).
WITH_LEAVE = "请假"
GIVEN_LEAVE = "{}，{}准假"  # the reason, and who gave leave

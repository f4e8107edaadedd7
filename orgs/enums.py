"""Choices of the organisation model. Values are stable and never reused."""

from django.db.models import TextChoices


class OrganizationKind(TextChoices):
    """组织类别; the numbers are those of the national system where it has one."""

    WORK_COMMITTEE = "work_committee", "党工委"
    DIRECT_COMMITTEE = "direct_committee", "直属党委"
    GRASSROOTS_COMMITTEE = "grassroots_committee", "基层党委"  # 611
    GENERAL_BRANCH = "general_branch", "党总支"  # 621
    BRANCH = "branch", "党支部"  # 631
    JOINT_BRANCH = "joint_branch", "联合党支部"  # 632
    TEMPORARY_BRANCH = "temporary_branch", "临时党支部"  # 931
    PARTY_GROUP = "party_group", "党小组"


COMMITTEE_KINDS = (
    OrganizationKind.WORK_COMMITTEE,
    OrganizationKind.DIRECT_COMMITTEE,
    OrganizationKind.GRASSROOTS_COMMITTEE,
)
BRANCH_KINDS = (
    OrganizationKind.BRANCH,
    OrganizationKind.JOINT_BRANCH,
    OrganizationKind.TEMPORARY_BRANCH,
)


class OrganizationClass(TextChoices):
    """组织类型: what the rules of reports and assessments are set for."""

    ZONE = "zone", "开发区"
    STREET = "street", "街道"
    TOWN = "town", "镇"
    VILLAGE = "village", "村"
    COMMUNITY = "community", "社区"
    SCHOOL = "school", "学校"
    STATE_ENTERPRISE = "state_enterprise", "国有企业"
    PRIVATE_ENTERPRISE = "private_enterprise", "非公企业"
    ORGAN = "organ", "机关"
    INSTITUTION = "institution", "事业单位"
    COOPERATIVE = "cooperative", "合作社"
    SOCIAL_ORGANIZATION = "social_organization", "社会组织"
    RETIRED = "retired", "离退休"
    OTHER = "other", "其他"


class Sector(TextChoices):
    """所属领域, the nine values of the national list."""

    STATE_ENTERPRISE = "1", "国有企业"
    PRIVATE_ENTERPRISE = "2", "非公有制企业"
    RURAL = "3", "农村"
    ORGAN = "4", "党政机关"
    SCHOOL = "5", "学校"
    INSTITUTION = "6", "其他事业单位"
    COMMUNITY = "7", "街道社区"
    SOCIAL_ORGANIZATION = "8", "社会组织"
    OTHER = "9", "其他"


class UnitSituation(TextChoices):
    """所在单位情况."""

    AS_SUPERIOR = "as_superior", "与上级党组织相同"
    LEGAL_PERSON = "legal_person", "法人单位"
    JOINT = "joint", "联合党支部"


class EventKind(TextChoices):
    """What can happen to an organisation."""

    FOUNDED = "founded", "成立"
    RENAMED = "renamed", "更名"
    UPGRADED = "upgraded", "升格"
    MOVED = "moved", "调整隶属"
    MERGED = "merged", "合并"
    SPLIT = "split", "分设"
    ABOLISHED = "abolished", "撤销"
    RE_ELECTED = "re_elected", "换届"
    EXTENDED = "extended", "延期换届"
    CO_OPTED = "co_opted", "增补"


class Post(TextChoices):
    """党内职务."""

    SECRETARY = "secretary", "书记"
    DEPUTY_SECRETARY = "deputy_secretary", "副书记"
    FIRST_SECRETARY = "first_secretary", "第一书记"
    ORGANIZATION_COMMISSIONER = "organization_commissioner", "组织委员"
    PUBLICITY_COMMISSIONER = "publicity_commissioner", "宣传委员"
    DISCIPLINE_COMMISSIONER = "discipline_commissioner", "纪检委员"
    UNITED_FRONT_COMMISSIONER = "united_front_commissioner", "统战委员"
    YOUTH_COMMISSIONER = "youth_commissioner", "青年委员"
    COMMISSIONER = "commissioner", "委员"
    ORGANIZATION_SECTION_CHIEF = "organization_section_chief", "组织科长"
    PARTY_AFFAIRS_OFFICER = "party_affairs_officer", "党务干事"
    ORGANIZER = "organizer", "组织员"


class Appointment(TextChoices):
    """How an office was filled."""

    ELECTED = "elected", "选举"
    APPOINTED = "appointed", "任命"
    DESIGNATED = "designated", "指定"


class AdminKind(TextChoices):
    """三员: the three administrators. A person is one of them or none, and does nothing else."""

    NONE = "", "—"
    SYSTEM = "system", "系统管理员"
    SECURITY = "security", "安全管理员"
    AUDIT = "audit", "审计管理员"


# What a list of organisations can be narrowed to that has no control of its own: key in the
# address, word on the page.
NARROWINGS = {
    "branches": "党支部",
    "vacant": "书记空缺",
    "ending": "半年内届满，未延期",
    "overdue": "逾期未换届",
    "extended": "已延期，尚未到期",
}
# Posts of the committee that is elected; the others are appointed from above, or are staff.
ELECTED_POSTS = (
    *(Post.SECRETARY, Post.DEPUTY_SECRETARY, Post.ORGANIZATION_COMMISSIONER),
    *(Post.PUBLICITY_COMMISSIONER, Post.DISCIPLINE_COMMISSIONER),
    *(Post.UNITED_FRONT_COMMISSIONER, Post.YOUTH_COMMISSIONER),
)


class ExportKind(TextChoices):
    """What can be exported in full, numbers and phones with it."""

    MEMBERS = "members", "党员花名册"
    ORGANIZATIONS = "organizations", "党组织花名册"

"""What the plans of duties say that the portal offers for organisation life (reference §3.1)."""

from orgs.enums import BRANCH_KINDS, OrganizationKind

from .enums import MeetingKind

BRANCHES = [str(kind) for kind in BRANCH_KINDS]
GROUPS = [str(OrganizationKind.PARTY_GROUP)]
_RULES = "《中国共产党支部工作条例（试行）》"
_EDUCATION = "《中国共产党党员教育管理工作条例》"

# Kind -> who owes it, what is said of it, on what ground. How often is said by `rules.RULES`.
USUAL: dict[MeetingKind, tuple[list[str], str, str]] = {
    MeetingKind.GENERAL_MEETING: (BRANCHES, "一般每季度召开一次。", _RULES),
    MeetingKind.COMMITTEE_MEETING: (BRANCHES, "一般每月召开一次，设支委会的支部召开。", _RULES),
    MeetingKind.GROUP_MEETING: (GROUPS, "一般每月召开一次，设党小组的支部由各小组召开。", _RULES),
    MeetingKind.LESSON: (BRANCHES, "定期开展，一般每季度一次，书记每年至少讲一次。", _EDUCATION),
    MeetingKind.PARTY_DAY: (BRANCHES, "每月相对固定一天开展。", _RULES),
    MeetingKind.LIFE_MEETING: (BRANCHES, "每年至少召开一次，一般安排在第四季度。", _RULES),
    MeetingKind.APPRAISAL: (BRANCHES, "每年一次，可与组织生活会一并进行。", _RULES),
}

# By the day on which it was held, so nothing is late that was held in its period: the day after it
# is over says only that the record is still missing, with a week to write it down. One reminder.
OPENS_DAY = 1
DUE_DAY = 1
GRACE_WORKING_DAYS = 5
STEPS = ["T"]
FIRST_POSITION = 20

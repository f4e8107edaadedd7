"""Roles as classes: what each may do, where it may be granted, whether it reaches downwards.

docs/permissions.md is generated from here (`manage.py write_permissions`).
"""

from typing import ClassVar

from .enums import BRANCH_KINDS, COMMITTEE_KINDS, OrganizationKind, Post
from .permissions import Permission as P

_READ = frozenset(
    {
        P.ORGANIZATION_VIEW,
        P.MEMBER_VIEW,
        P.PLAN_VIEW,
        P.REPORT_VIEW,
        P.ACTION_VIEW,
        P.LIFE_VIEW,
        P.DISPATCH_VIEW,
        P.THEME_VIEW,
        P.BRAND_VIEW,
        P.WEAK_CASE_VIEW,
        P.PROJECT_VIEW,
        P.CONCERN_VIEW,
        P.SCHEME_VIEW,
        P.ASSESSMENT_VIEW,
        P.SITE_VIEW,
        P.NEIGHBOUR_VIEW,
    }
)
# What must be done by a date because somebody decided so: given out and checked by those above,
# done and reported by those whom it concerns.
_ISSUE = frozenset({P.ACTION_ISSUE, P.ACTION_VERIFY})
_DO = frozenset({P.ACTION_HANDLE, P.ACTION_REPORT})
# What residents ask for: taken in and answered by all who do, given out and called back by those
# above.
_CARE = frozenset({P.CONCERN_TAKE, P.CONCERN_ASSIGN})
# Meetings of one's own committee, and topics for those held above it.
_MEET = frozenset({P.DISPATCH_EDIT, P.DISPATCH_PROPOSE})
# The rules by which those below are measured, the measuring, and the decision. Nobody publishes or
# decides what he submitted. Reviewing is given by name alone (`NamedRight`).
_ASSESS = frozenset({P.SCHEME_EDIT, P.SCHEME_PUBLISH, P.ASSESSMENT_RUN, P.ASSESSMENT_DECIDE})

# What is shown beyond one's own organisation: named, judged by panels, looked after.
_SHOW = frozenset({P.SHOWCASE_MANAGE})


class Role:
    """A role. `kinds` are the organisations it can be granted at; empty means none."""

    key: ClassVar[str]
    label: ClassVar[str]
    about: ClassVar[str]
    permissions: ClassVar[frozenset[P]]
    inherits: ClassVar[bool] = True
    # Whether it reaches the 党小组 of the branch: parts of it, which have nobody of their own.
    has_parts: ClassVar[bool] = False
    kinds: ClassVar[tuple[OrganizationKind, ...]] = ()
    admin: ClassVar[bool] = False
    # Whether its holder may be given rights beside it by name (`NamedRight`).
    may_be_named: ClassVar[bool] = True
    # Files with numbers and phones in full that one person may ask for on one day.
    full_exports: ClassVar[int] = 0


class ZoneStaff(Role):
    key = "zone_staff"
    label = "党工委工作人员"
    full_exports = 3
    about = "opens months, keeps the tree and the plans, sees and exports the whole zone"
    kinds = (OrganizationKind.WORK_COMMITTEE,)
    permissions = (
        _READ
        | _ISSUE
        | _DO
        | _MEET
        | _CARE
        | _ASSESS
        | _SHOW
        | {
            P.CONCERN_RULES,
            P.ORGANIZATION_EDIT,
            P.ORGANIZATION_RESTRUCTURE,
            P.ORGANIZATION_IMPORT,
            P.ORGANIZATION_EXPORT,
            P.MEMBER_EDIT,
            P.MEMBER_REVEAL,
            P.MEMBER_FIND_BY_IDENTITY,
            P.MEMBER_IMPORT,
            P.MEMBER_EXPORT,
            P.THEME_EDIT,
            P.SITE_EDIT,
            P.BRAND_PROPOSE,
            P.STORY_WRITE,
            P.BRAND_RUN,
            P.SHOWCASE_PUBLISH,
            P.WEAK_CASE_RUN,
            P.WEAK_CASE_HOLD,
            P.PROJECT_EDIT,
            P.PLAN_EDIT,
            P.CALENDAR_EDIT,
            P.REPORT_CHECK,
            P.REPORT_CONFIRM,
            P.REPORT_REOPEN,
            P.REPORT_REMIND,
            P.REPORT_MARK,
            P.LIFE_RECORD,
            P.LIFE_CHECK,
            P.FEEDBACK_ANSWER,
        }
    )


class Committee(Role):
    key = "committee"
    label = "考核委员会"
    about = "reads boards and reports of the whole zone; decides what the figures mean"
    kinds = (OrganizationKind.WORK_COMMITTEE,)
    may_be_named = False
    permissions = _READ | {P.SCHEME_PUBLISH, P.ASSESSMENT_DECIDE}


class Reviewer(Role):
    key = "reviewer"
    label = "考核组成员"
    about = "reads the organisations and reports assigned; sees no register of members"
    kinds = (
        OrganizationKind.WORK_COMMITTEE,
        OrganizationKind.DIRECT_COMMITTEE,
        OrganizationKind.GRASSROOTS_COMMITTEE,
    )
    permissions = frozenset(
        {P.ORGANIZATION_VIEW, P.PLAN_VIEW, P.REPORT_VIEW, P.ACTION_VIEW, P.SCHEME_VIEW}
    )


class CommitteeStaff(Role):
    key = "committee_staff"
    label = "直属党委党务工作者"
    full_exports = 2
    about = (
        "checks the branches' reports, sends the committee's own, keeps its part of the register"
    )
    kinds = (OrganizationKind.DIRECT_COMMITTEE, OrganizationKind.GRASSROOTS_COMMITTEE)
    permissions = (
        _READ
        | _ISSUE
        | _DO
        | _MEET
        | _CARE
        | _ASSESS
        | _SHOW
        | {
            P.ORGANIZATION_EDIT,
            P.ORGANIZATION_EXPORT,
            P.MEMBER_EDIT,
            P.MEMBER_REVEAL,
            P.MEMBER_FIND_BY_IDENTITY,
            P.MEMBER_IMPORT,
            P.MEMBER_EXPORT,
            P.THEME_REMARK,
            P.BRAND_PROPOSE,
            P.STORY_WRITE,
            P.WEAK_CASE_RUN,
            P.PROJECT_EDIT,
            P.ASSESSMENT_ANSWER,
            P.SITE_APPLY,
            P.NEIGHBOUR_EDIT,
            P.REPORT_DRAFT,
            P.REPORT_SEND,
            P.REPORT_CHECK,
            P.REPORT_CONFIRM,
            P.REPORT_REOPEN,
            P.REPORT_REMIND,
            P.REPORT_MARK,
            P.LIFE_RECORD,
            P.LIFE_CHECK,
        }
    )


class GeneralBranchStaff(Role):
    key = "general_branch_staff"
    label = "党总支工作人员"
    about = "checks the reports of the general branch's branches, sends its own"
    kinds = (OrganizationKind.GENERAL_BRANCH,)
    permissions = (
        _READ
        | _ISSUE
        | _DO
        | _CARE
        | {
            P.MEMBER_EDIT,
            P.MEMBER_REVEAL,
            P.BRAND_PROPOSE,
            P.STORY_WRITE,
            P.PROJECT_EDIT,
            P.ASSESSMENT_ANSWER,
            P.SITE_APPLY,
            P.NEIGHBOUR_EDIT,
            P.REPORT_DRAFT,
            P.REPORT_SEND,
            P.REPORT_CHECK,
            P.REPORT_REMIND,
            P.LIFE_RECORD,
            P.LIFE_CHECK,
        }
    )


class BranchSecretary(Role):
    key = "branch_secretary"
    label = "支部书记"
    about = "sends the branch's monthly report, keeps the branch's members up to date"
    kinds = BRANCH_KINDS
    inherits = False
    has_parts = True
    permissions = (
        _READ
        | _DO
        | {
            P.MEMBER_EDIT,
            P.MEMBER_REVEAL,
            P.BRAND_PROPOSE,
            P.STORY_WRITE,
            P.REPORT_DRAFT,
            P.REPORT_SEND,
            P.LIFE_RECORD,
            P.PROJECT_EDIT,
            P.ASSESSMENT_ANSWER,
            P.SITE_APPLY,
            P.CONCERN_TAKE,
            P.NEIGHBOUR_EDIT,
        }
    )


class BranchOfficer(Role):
    key = "branch_officer"
    label = "支部委员"
    about = "drafts what the secretary sends"
    kinds = BRANCH_KINDS
    inherits = False
    has_parts = True
    permissions = _READ | {P.REPORT_DRAFT, P.ACTION_HANDLE, P.LIFE_RECORD, P.CONCERN_TAKE}


class SystemAdministrator(Role):
    key = "system"
    label = "系统管理员"
    about = "starts the installation, accounts and background jobs; sees no member data"
    admin = True
    permissions = frozenset(
        {P.START_MANAGE, P.ACCOUNT_MANAGE, P.JOB_MANAGE, P.ADMINISTRATOR_CONFIRM}
    )


class SecurityAdministrator(Role):
    key = "security"
    label = "安全管理员"
    about = "grants of roles, password slips, sessions and tokens; sees no member data"
    admin = True
    permissions = frozenset({P.GRANT_MANAGE, P.SESSION_MANAGE, P.ADMINISTRATOR_CONFIRM})


class AuditAdministrator(Role):
    key = "audit"
    label = "审计管理员"
    about = "reads the audit trail; sees no member data"
    admin = True
    permissions = frozenset({P.AUDIT_VIEW})


ROLES: dict[str, type[Role]] = {
    role.key: role
    for role in (
        ZoneStaff,
        Committee,
        Reviewer,
        CommitteeStaff,
        GeneralBranchStaff,
        BranchSecretary,
        BranchOfficer,
        SystemAdministrator,
        SecurityAdministrator,
        AuditAdministrator,
    )
}
WORK_ROLES = {key: role for key, role in ROLES.items() if not role.admin}
ADMIN_ROLES = {key: role for key, role in ROLES.items() if role.admin}
WORK_ROLE_CHOICES = [(key, role.label) for key, role in WORK_ROLES.items()]


def holding(permission: P) -> list[str]:
    """Keys of the work roles that hold `permission`."""
    return [key for key, role in WORK_ROLES.items() if permission in role.permissions]


# What nobody lends with his role: a deputy takes no list of persons away.
NOT_LENT = frozenset({P.ORGANIZATION_EXPORT, P.MEMBER_EXPORT})

# Who works for a committee by its posts; of the work committee, who keeps the whole zone.
_STAFF_POSTS = (
    Post.SECRETARY,
    Post.DEPUTY_SECRETARY,
    Post.ORGANIZATION_COMMISSIONER,
    Post.ORGANIZATION_SECTION_CHIEF,
    Post.PARTY_AFFAIRS_OFFICER,
    Post.ORGANIZER,
)


def role_of_office(kind: str, post: str) -> str:
    """Key of the work role that a post of an organisation of that kind brings; "" for none. Posts
    of the work committee bring none: whoever keeps the whole zone is granted so by name."""
    if kind in BRANCH_KINDS:
        return BranchSecretary.key if post == Post.SECRETARY else BranchOfficer.key
    if kind == OrganizationKind.GENERAL_BRANCH:
        wanted = (Post.SECRETARY, Post.DEPUTY_SECRETARY)
        return GeneralBranchStaff.key if post in wanted else ""
    if kind in COMMITTEE_KINDS and kind != OrganizationKind.WORK_COMMITTEE:
        return CommitteeStaff.key if post in _STAFF_POSTS else ""
    return ""


def answers(kind: str, post: str) -> bool:
    """Whether who holds the post of an organisation of that kind answers for it here, so that he is
    expected to have an account; officers of branches and deputies of general branches may have
    one."""
    role = role_of_office(kind, post)
    if kind == OrganizationKind.GENERAL_BRANCH:
        return post == Post.SECRETARY
    return bool(role) and role != BranchOfficer.key

"""Every right there is. Roles hold them; views ask for them."""

from enum import StrEnum


class Permission(StrEnum):
    ORGANIZATION_VIEW = "organization.view"
    ORGANIZATION_EDIT = "organization.edit"
    ORGANIZATION_RESTRUCTURE = "organization.restructure"
    ORGANIZATION_IMPORT = "organization.import"
    ORGANIZATION_EXPORT = "organization.export"

    MEMBER_VIEW = "member.view"
    MEMBER_EDIT = "member.edit"
    MEMBER_REVEAL = "member.reveal"
    MEMBER_FIND_BY_IDENTITY = "member.find_by_identity"
    MEMBER_IMPORT = "member.import"
    MEMBER_EXPORT = "member.export"

    PLAN_VIEW = "plan.view"
    PLAN_EDIT = "plan.edit"
    CALENDAR_EDIT = "calendar.edit"

    REPORT_VIEW = "report.view"
    REPORT_DRAFT = "report.draft"
    REPORT_SEND = "report.send"
    REPORT_CHECK = "report.check"
    REPORT_CONFIRM = "report.confirm"
    REPORT_REOPEN = "report.reopen"
    REPORT_REMIND = "report.remind"
    REPORT_MARK = "report.mark"

    ACTION_VIEW = "action.view"
    ACTION_ISSUE = "action.issue"
    ACTION_HANDLE = "action.handle"
    ACTION_REPORT = "action.report"
    ACTION_VERIFY = "action.verify"
    FEEDBACK_ANSWER = "feedback.answer"

    LIFE_VIEW = "life.view"
    LIFE_RECORD = "life.record"
    LIFE_CHECK = "life.check"

    DISPATCH_VIEW = "dispatch.view"
    DISPATCH_PROPOSE = "dispatch.propose"
    DISPATCH_EDIT = "dispatch.edit"

    THEME_VIEW = "theme.view"
    THEME_EDIT = "theme.edit"
    THEME_REMARK = "theme.remark"

    BRAND_VIEW = "brand.view"
    BRAND_PROPOSE = "brand.propose"
    BRAND_RUN = "brand.run"

    WEAK_CASE_VIEW = "weak_case.view"
    WEAK_CASE_RUN = "weak_case.run"
    WEAK_CASE_HOLD = "weak_case.hold"

    PROJECT_VIEW = "project.view"
    PROJECT_EDIT = "project.edit"

    CONCERN_VIEW = "concern.view"
    CONCERN_TAKE = "concern.take"
    CONCERN_ASSIGN = "concern.assign"
    CONCERN_RULES = "concern.rules"

    SCHEME_VIEW = "scheme.view"
    SCHEME_EDIT = "scheme.edit"
    SCHEME_PUBLISH = "scheme.publish"
    ASSESSMENT_VIEW = "assessment.view"
    ASSESSMENT_RUN = "assessment.run"
    ASSESSMENT_DECIDE = "assessment.decide"
    ASSESSMENT_ANSWER = "assessment.answer"
    ASSESSMENT_REVIEW = "assessment.review"

    SHOWCASE_MANAGE = "showcase.manage"
    SHOWCASE_PUBLISH = "showcase.publish"
    STORY_WRITE = "story.write"
    SITE_VIEW = "site.view"
    SITE_APPLY = "site.apply"
    SITE_EDIT = "site.edit"

    NEIGHBOUR_VIEW = "neighbour.view"
    NEIGHBOUR_EDIT = "neighbour.edit"

    START_MANAGE = "start.manage"
    ACCOUNT_MANAGE = "account.manage"
    JOB_MANAGE = "job.manage"
    GRANT_MANAGE = "grant.manage"
    SESSION_MANAGE = "session.manage"
    ADMINISTRATOR_CONFIRM = "administrator.confirm"
    AUDIT_VIEW = "audit.view"

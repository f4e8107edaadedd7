"""`/api/v1/`: the resources of all apps in one list."""

from django.urls import URLPattern, path

from assessments.boards.api import BoardDetail
from assessments.cycles.api import cycles
from assessments.decisions.api import decisions
from assessments.rectifications import api as rectification_api
from assessments.reviews.api import reviews
from assessments.schemes import api as scheme_api
from assessments.self_assessments.api import selfs
from core import api as core_api
from members import api as members_api
from orgs import api as orgs_api
from schedules.action_items import api as item_api
from schedules.concerns import api as concern_api
from schedules.dispatch.api import meetings, outcomes
from schedules.life.api import meetings as life
from schedules.life.api import study
from schedules.life.api import talks as talk_api
from schedules.rounds import feeds
from schedules.rounds.api import attachments, burden, plans, rates, reports
from schedules.themes import api as theme_api
from showcase.brands import api as brand_api
from showcase.projects import api as project_api
from showcase.sites import api as site_api

app_name = "api"

urlpatterns: list[URLPattern] = [
    path("", core_api.documentation, name="documentation"),
    path("schema/", core_api.SchemaView.as_view(), name="schema"),
    path("token/", orgs_api.TokenObtain.as_view(), name="token"),
    path("organizations/", orgs_api.OrganizationList.as_view(), name="organization-list"),
    path(
        "organizations/<int:pk>/",
        orgs_api.OrganizationDetail.as_view(),
        name="organization-detail",
    ),
    path("members/", members_api.MemberList.as_view(), name="member-list"),
    path("members/<int:pk>/", members_api.MemberDetail.as_view(), name="member-detail"),
    path("imports/", members_api.ImportList.as_view(), name="import-list"),
    path("imports/<uuid:uid>/", members_api.ImportDetail.as_view(), name="import-detail"),
    path("imports/<uuid:uid>/confirm/", members_api.ImportConfirm.as_view(), name="import-confirm"),
    path("imports/<uuid:uid>/cancel/", members_api.ImportCancel.as_view(), name="import-cancel"),
    path("plans/", plans.PlanList.as_view(), name="plan-list"),
    path("plans/<int:pk>/", plans.PlanDetail.as_view(), name="plan-detail"),
    path("duties/", plans.DutyList.as_view(), name="duty-list"),
    path("duties/<int:pk>/", plans.DutyDetail.as_view(), name="duty-detail"),
    path("duties/<int:pk>/waive/", plans.DutyWaive.as_view(), name="duty-waive"),
    path("duties/<int:pk>/resume/", plans.DutyResume.as_view(), name="duty-resume"),
    path("duties/<int:pk>/extend/", plans.DutyExtend.as_view(), name="duty-extend"),
    path("duties/<int:pk>/unlock/", plans.DutyUnlock.as_view(), name="duty-unlock"),
    path("monthly-reports/", reports.ReportList.as_view(), name="report-list"),
    path("monthly-reports/<int:pk>/", reports.ReportDetail.as_view(), name="report-detail"),
    path("monthly-reports/<int:pk>/save/", reports.ReportSave.as_view(), name="report-save"),
    path(
        "monthly-reports/<int:pk>/submit/",
        reports.ReportSubmit.as_view(),
        name="report-submit",
    ),
    path(
        "monthly-reports/<int:pk>/withdraw/",
        reports.ReportWithdraw.as_view(),
        name="report-withdraw",
    ),
    path(
        "monthly-reports/<int:pk>/accept/",
        reports.ReportAccept.as_view(),
        name="report-accept",
    ),
    path(
        "monthly-reports/<int:pk>/return/",
        reports.ReportReturn.as_view(),
        name="report-return",
    ),
    path(
        "monthly-reports/<int:pk>/confirm/",
        reports.ReportConfirm.as_view(),
        name="report-confirm",
    ),
    path(
        "monthly-reports/<int:pk>/reopen/",
        reports.ReportReopen.as_view(),
        name="report-reopen",
    ),
    path(
        "monthly-reports/<int:pk>/attachments/",
        attachments.AttachmentList.as_view(),
        name="attachment-list",
    ),
    path(
        "monthly-reports/<int:pk>/attachments/<uuid:uid>/",
        attachments.AttachmentOpen.as_view(),
        name="attachment-open",
    ),
    path(
        "monthly-reports/<int:pk>/attachments/<uuid:uid>/remove/",
        attachments.AttachmentRemove.as_view(),
        name="attachment-remove",
    ),
    path("burden/", burden.AskList.as_view(), name="ask-list"),
    path("burden-years/", burden.YearList.as_view(), name="burden-year-list"),
    path("reporting-rates/", rates.RateList.as_view(), name="rate-list"),
    path("action-items/", item_api.ActionItemList.as_view(), name="item-list"),
    path("action-items/<int:pk>/", item_api.ActionItemDetail.as_view(), name="item-detail"),
    path("action-items/<int:pk>/issue/", item_api.ActionItemIssue.as_view(), name="item-issue"),
    path(
        "action-items/<int:pk>/receive/", item_api.ActionItemReceive.as_view(), name="item-receive"
    ),
    path(
        "action-items/<int:pk>/progress/",
        item_api.ActionItemProgress.as_view(),
        name="item-progress",
    ),
    path(
        "action-items/<int:pk>/comment/", item_api.ActionItemComment.as_view(), name="item-comment"
    ),
    path("action-items/<int:pk>/wait/", item_api.ActionItemWait.as_view(), name="item-wait"),
    path("action-items/<int:pk>/resume/", item_api.ActionItemResume.as_view(), name="item-resume"),
    path("action-items/<int:pk>/report/", item_api.ActionItemReport.as_view(), name="item-report"),
    path(
        "action-items/<int:pk>/withdraw/",
        item_api.ActionItemWithdraw.as_view(),
        name="item-withdraw",
    ),
    path("action-items/<int:pk>/verify/", item_api.ActionItemVerify.as_view(), name="item-verify"),
    path("action-items/<int:pk>/return/", item_api.ActionItemReturn.as_view(), name="item-return"),
    path(
        "action-items/<int:pk>/transfer/",
        item_api.ActionItemTransfer.as_view(),
        name="item-transfer",
    ),
    path("action-items/<int:pk>/cancel/", item_api.ActionItemCancel.as_view(), name="item-cancel"),
    path("action-items/<int:pk>/look/", item_api.ActionItemLook.as_view(), name="item-look"),
    path(
        "action-items/<int:pk>/extensions/",
        item_api.ActionItemExtend.as_view(),
        name="item-extend",
    ),
    path(
        "action-items/<int:pk>/extensions/<int:extension>/grant/",
        item_api.ExtensionGrant.as_view(),
        name="extension-grant",
    ),
    path(
        "action-items/<int:pk>/extensions/<int:extension>/refuse/",
        item_api.ExtensionRefuse.as_view(),
        name="extension-refuse",
    ),
    path(
        "action-items/<int:pk>/lines/<int:line>/report/",
        item_api.ActionLineReport.as_view(),
        name="line-report",
    ),
    path(
        "action-items/<int:pk>/lines/<int:line>/verify/",
        item_api.ActionLineVerify.as_view(),
        name="line-verify",
    ),
    path(
        "action-items/<int:pk>/lines/<int:line>/return/",
        item_api.ActionLineReturn.as_view(),
        name="line-return",
    ),
    path("feedback/", item_api.FeedbackList.as_view(), name="feedback-list"),
    path("feedback/<int:pk>/", item_api.FeedbackDetail.as_view(), name="feedback-detail"),
    path("meetings/", life.RecordList.as_view(), name="life-meeting-list"),
    path("meetings/<uuid:uid>/", life.RecordDetail.as_view(), name="life-meeting-detail"),
    path("meetings/<uuid:uid>/rewrite/", life.RecordRewrite.as_view(), name="life-meeting-rewrite"),
    path("attendances/", life.AttendanceList.as_view(), name="life-attendance-list"),
    path("dispatch-meetings/", meetings.MeetingList.as_view(), name="meeting-list"),
    path("dispatch-meetings/<int:pk>/", meetings.MeetingDetail.as_view(), name="meeting-detail"),
    path("dispatch-meetings/<int:pk>/call/", meetings.MeetingCall.as_view(), name="meeting-call"),
    path("dispatch-meetings/<int:pk>/open/", meetings.MeetingOpen.as_view(), name="meeting-open"),
    path(
        "dispatch-meetings/<int:pk>/close/", meetings.MeetingClose.as_view(), name="meeting-close"
    ),
    path(
        "dispatch-meetings/<int:pk>/cancel/",
        meetings.MeetingCancel.as_view(),
        name="meeting-cancel",
    ),
    path("study-records/", study.StudyRecordList.as_view(), name="study-list"),
    path("study-records/<uuid:uid>/", study.StudyRecordDetail.as_view(), name="study-detail"),
    path(
        "study-records/<uuid:uid>/withdraw/",
        study.StudyRecordWithdraw.as_view(),
        name="study-withdraw",
    ),
    path(
        "dispatch-meetings/<int:pk>/cards/<int:record>/outcomes/",
        outcomes.OutcomeWrite.as_view(),
        name="outcome-write",
    ),
    path("schemes/", scheme_api.SchemeList.as_view(), name="scheme-list"),
    path("schemes/<uuid:uid>/", scheme_api.SchemeDetail.as_view(), name="scheme-detail"),
    path("assessments/", cycles.CycleList.as_view(), name="cycle-list"),
    path("assessments/<uuid:uid>/", cycles.CycleDetail.as_view(), name="cycle-detail"),
    path("assessments/<uuid:uid>/board/", BoardDetail.as_view(), name="board-detail"),
    path("assessments/<uuid:uid>/scores/", cycles.ScoreList.as_view(), name="score-list"),
    path("assessment-decisions/", decisions.DecisionList.as_view(), name="decision-list"),
    path("objections/", decisions.ObjectionList.as_view(), name="objection-list"),
    path("publications/", decisions.PublicationList.as_view(), name="publication-list"),
    path(
        "publications/<uuid:uid>/",
        decisions.PublicationDetail.as_view(),
        name="publication-detail",
    ),
    path("findings/", rectification_api.FindingList.as_view(), name="finding-list"),
    path("reviews/", reviews.ReviewList.as_view(), name="review-list"),
    path("reviews/<uuid:uid>/", reviews.ReviewDetail.as_view(), name="review-detail"),
    path("reviews/<uuid:uid>/mark/", reviews.ReviewMark.as_view(), name="review-mark"),
    path(
        "self-assessments/<uuid:uid>/",
        selfs.SelfAssessmentDetail.as_view(),
        name="self-assessment-detail",
    ),
    path(
        "self-assessments/<uuid:uid>/send/",
        selfs.SelfAssessmentSend.as_view(),
        name="self-assessment-send",
    ),
    path(
        "self-assessments/<uuid:uid>/items/<path:key>/",
        selfs.SelfItemWrite.as_view(),
        name="self-item-write",
    ),
    path(
        "self-assessments/<uuid:uid>/answer/<path:key>/",
        selfs.SelfAnswer.as_view(),
        name="self-item-answer",
    ),
    path("projects/", project_api.ProjectList.as_view(), name="project-list"),
    path("projects/<uuid:uid>/", project_api.ProjectDetail.as_view(), name="project-detail"),
    path("brands/", brand_api.BrandList.as_view(), name="brand-list"),
    path("brands/<uuid:uid>/", brand_api.BrandDetail.as_view(), name="brand-detail"),
    path("concerns/", concern_api.ConcernList.as_view(), name="concern-list"),
    path("concerns/<uuid:uid>/", concern_api.ConcernDetail.as_view(), name="concern-detail"),
    path("concern-rates/", concern_api.ConcernRates.as_view(), name="concern-rates"),
    path("themes/", theme_api.ThemeList.as_view(), name="theme-list"),
    path("themes/<uuid:uid>/", theme_api.ThemeDetail.as_view(), name="theme-detail"),
    path(
        "themes/<uuid:uid>/committees/",
        theme_api.ThemeCommittees.as_view(),
        name="theme-committees",
    ),
    path("demonstration-sites/", site_api.SiteList.as_view(), name="site-list"),
    path("demonstration-sites/<uuid:uid>/", site_api.SiteDetail.as_view(), name="site-detail"),
    path("talks/", talk_api.TalkList.as_view(), name="talk-list"),
    path("talks/<uuid:uid>/", talk_api.TalkDetail.as_view(), name="talk-detail"),
    path("notifications/", core_api.NotificationList.as_view(), name="notification-list"),
    path(
        "notifications/<int:pk>/read/",
        core_api.NotificationRead.as_view(),
        name="notification-read",
    ),
    path("calendar/<slug:digest>.ics", feeds.calendar_feed, name="calendar-feed"),
]

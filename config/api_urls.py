"""`/api/v1/`: the resources of all apps in one list."""

from django.urls import URLPattern, path

from core import api as core_api
from members import api as members_api
from orgs import api as orgs_api
from schedules import api as schedules_api
from schedules import feeds

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
    path("plans/", schedules_api.PlanList.as_view(), name="plan-list"),
    path("plans/<int:pk>/", schedules_api.PlanDetail.as_view(), name="plan-detail"),
    path("duties/", schedules_api.DutyList.as_view(), name="duty-list"),
    path("duties/<int:pk>/", schedules_api.DutyDetail.as_view(), name="duty-detail"),
    path("monthly-reports/<int:pk>/", schedules_api.ReportDetail.as_view(), name="report-detail"),
    path("monthly-reports/<int:pk>/save/", schedules_api.ReportSave.as_view(), name="report-save"),
    path(
        "monthly-reports/<int:pk>/submit/",
        schedules_api.ReportSubmit.as_view(),
        name="report-submit",
    ),
    path(
        "monthly-reports/<int:pk>/accept/",
        schedules_api.ReportAccept.as_view(),
        name="report-accept",
    ),
    path(
        "monthly-reports/<int:pk>/return/",
        schedules_api.ReportReturn.as_view(),
        name="report-return",
    ),
    path("reporting-rates/", schedules_api.RateList.as_view(), name="rate-list"),
    path("notifications/", core_api.NotificationList.as_view(), name="notification-list"),
    path(
        "notifications/<int:pk>/read/",
        core_api.NotificationRead.as_view(),
        name="notification-read",
    ),
    path("calendar/<slug:digest>.ics", feeds.calendar_feed, name="calendar-feed"),
]

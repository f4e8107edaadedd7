"""Addresses of projects and campaigns."""

from django.urls import path

from ..views import acts, campaigns, figure_rows, files, papers, projects, work

app_name = "projects"
_ONE = "projects/<uuid:uid>/"
urlpatterns = [
    path("projects/", projects.project_list, name="project-list"),
    path("projects/sheet/", papers.project_sheet, name="project-sheet"),
    path("projects/figures/", figure_rows.figure_rows, name="figure-rows"),
    path("projects/new/", projects.project_create, name="project-create"),
    path("projects/campaigns/", campaigns.campaign_list, name="campaign-list"),
    path("projects/campaigns/new/", campaigns.campaign_create, name="campaign-create"),
    path("projects/campaigns/<uuid:uid>/", campaigns.campaign_edit, name="campaign-edit"),
    path(_ONE, projects.project_detail, name="project-detail"),
    path(f"{_ONE}paper/<str:ending>/", papers.project_paper, name="project-paper"),
    path(f"{_ONE}edit/", projects.project_edit, name="project-edit"),
    path(f"{_ONE}submit/", projects.project_submit, name="project-submit"),
    path(f"{_ONE}check/", acts.project_check, name="project-check"),
    path(f"{_ONE}decide/", acts.project_decide, name="project-decide"),
    path(f"{_ONE}midterm/", acts.project_midterm, name="project-midterm"),
    path(f"{_ONE}grade/", acts.project_grade, name="project-grade"),
    path(f"{_ONE}settle/", acts.project_settle, name="project-settle"),
    path(f"{_ONE}requests/<int:pk>/", acts.request_decide, name="request-decide"),
    path("projects/milestones/<int:pk>/", work.milestone_open, name="milestone-open"),
    path(f"{_ONE}milestones/<int:position>/done/", work.milestone_done, name="milestone-done"),
    path(
        f"{_ONE}milestones/<int:position>/reopen/", work.milestone_reopen, name="milestone-reopen"
    ),
    path(f"{_ONE}ask/", work.request_ask, name="request-ask"),
    path(f"{_ONE}money/", work.money_add, name="money-add"),
    path(f"{_ONE}close/", work.project_close, name="project-close"),
    path(f"{_ONE}items/", files.item_link, name="item-link"),
    path(f"{_ONE}items/<int:pk>/unlink/", files.item_unlink, name="item-unlink"),
    path(f"{_ONE}attachments/", files.attachment_add, name="attachment-add"),
    path("projects/files/<uuid:uid>/", files.attachment_open, name="attachment-open"),
    path("projects/files/<uuid:uid>/remove/", files.attachment_remove, name="attachment-remove"),
]

from django.urls import path

from ..views import reports

_C = "cycles/<uuid:uid>/secretaries/"
_A = "cycles/scores/<uuid:uid>/secretary/"

urlpatterns = [
    path(_C, reports.report_list, name="report-list"),
    path(f"{_C}document/<str:ending>/", reports.report_summary, name="report-summary"),
    path(_A, reports.report, name="report"),
    path(f"{_A}edit/", reports.report_edit, name="report-edit"),
    path(f"{_A}send/", reports.report_send, name="report-send"),
    path(f"{_A}return/", reports.report_return, name="report-return"),
    path(f"{_A}comment/", reports.report_comment, name="report-comment"),
    path(f"{_A}document/<str:ending>/", reports.report_document, name="report-document"),
    path(f"{_A}files/add/", reports.file_add, name="report-file-add"),
    path("secretary-files/<uuid:uid>/", reports.file_open, name="report-file-open"),
    path("secretary-files/<uuid:uid>/remove/", reports.file_remove, name="report-file-remove"),
]

from django.urls import URLPattern, path

from ..views import arrangements, attachments, choosing, duties, queue, recusals, reports, sent

urlpatterns: list[URLPattern] = [
    path("duties/arrange/", choosing.duty_choose, name="duty-choose"),
    path("duties/arrange/chosen/", choosing.duty_chosen, name="duty-chosen"),
    path("duties/arrange/chosen/waive/", choosing.duty_waive_many, name="duty-waive-many"),
    path("duties/arrange/chosen/extend/", choosing.duty_extend_many, name="duty-extend-many"),
    path("duties/arrange/chosen/resume/", choosing.duty_resume_many, name="duty-resume-many"),
    path("duties/<int:pk>/", reports.duty_open, name="duty-open"),
    path("duties/<int:pk>/records/", duties.duty_detail, name="duty-detail"),
    path("duties/<int:pk>/records/add/", duties.record_add, name="record-add"),
    path(
        "duties/<int:pk>/records/<int:record>/remove/", duties.record_remove, name="record-remove"
    ),
    path("duties/<int:pk>/records/resend/", duties.record_resend, name="record-resend"),
    path("duties/<int:pk>/accept/", duties.duty_accept, name="duty-accept"),
    path("duties/<int:pk>/return/", duties.duty_send_back, name="duty-return"),
    path("duties/<int:pk>/arrange/", arrangements.duty_arrange, name="duty-arrange"),
    path("duties/<int:pk>/waive/", arrangements.duty_waive, name="duty-waive"),
    path("duties/<int:pk>/resume/", arrangements.duty_resume, name="duty-resume"),
    path("duties/<int:pk>/extend/", arrangements.duty_extend, name="duty-extend"),
    path("duties/<int:pk>/unlock/", arrangements.duty_unlock, name="duty-unlock"),
    path("duties/<int:pk>/begin/", queue.duty_begin, name="duty-begin"),
    path("duties/<int:pk>/withdraw/", duties.duty_withdraw, name="duty-withdraw"),
    path("duties/<int:pk>/recuse/", recusals.duty_recuse, name="duty-recuse"),
    path("duties/<int:pk>/recuse/end/", recusals.duty_recusal_end, name="duty-recusal-end"),
    path("reports/sent/", sent.report_sent, name="report-sent"),
    path("reports/<int:pk>/", reports.report_detail, name="report-detail"),
    path("reports/<int:pk>/save/", reports.report_save, name="report-save"),
    path("reports/<int:pk>/submit/", reports.report_submit, name="report-submit"),
    path("reports/<int:pk>/withdraw/", reports.report_withdraw, name="report-withdraw"),
    path("reports/queue/accept/", queue.report_accept_opened, name="report-accept-opened"),
    path("reports/<int:pk>/check/", reports.report_check, name="report-check"),
    path("reports/<int:pk>/confirm/", reports.report_confirm, name="report-confirm"),
    path("reports/<int:pk>/reopen/", reports.report_reopen, name="report-reopen"),
    path("reports/<int:pk>/versions/", reports.report_versions, name="report-versions"),
    path("reports/<int:pk>/files/add/", attachments.attachment_add, name="attachment-add"),
    path("reports/files/<uuid:uid>/", attachments.attachment_open, name="attachment-open"),
    path(
        "reports/files/<uuid:uid>/remove/",
        attachments.attachment_remove,
        name="attachment-remove",
    ),
]

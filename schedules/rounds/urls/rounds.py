from django.urls import URLPattern, path

from ..views import (
    calendar,
    definition_editor,
    definition_preview,
    definitions,
    matrix,
    plans,
    prints,
    queue,
)

urlpatterns: list[URLPattern] = [
    path("reports/", matrix.matrix, name="report-matrix"),
    path("reports/export/", matrix.matrix_export, name="report-matrix-export"),
    path("reports/remind/", matrix.report_remind, name="report-remind"),
    path("reports/queue/", queue.report_queue, name="report-queue"),
    path("reports/month/print/", prints.month_print, name="month-print"),
    path("reports/month/export/", prints.month_export, name="month-export"),
    path("reports/month/docx/", prints.month_docx, name="month-docx"),
    path("reports/month/pdf/", prints.month_pdf, name="month-pdf"),
    path("reports/<int:pk>/print/", prints.report_print, name="report-print"),
    path("reports/<int:pk>/docx/", prints.report_docx, name="report-docx"),
    path("reports/<int:pk>/pdf/", prints.report_pdf, name="report-pdf"),
    path("reports/<int:pk>/xlsx/", prints.report_xlsx, name="report-xlsx"),
    path("plans/", plans.plan_list, name="plan-list"),
    path("plans/new/", plans.plan_new, name="plan-new"),
    path("plans/install/", plans.plan_install, name="plan-install"),
    path("plans/<int:pk>/", plans.plan_edit, name="plan-edit"),
    path("plans/<int:pk>/open/", plans.plan_open, name="plan-open"),
    path("plans/<int:pk>/form/", definitions.definition_new, name="definition-new"),
    path("forms/", definitions.definition_list, name="definition-list"),
    path("forms/<int:pk>/", definitions.definition_detail, name="definition-detail"),
    path("forms/<int:pk>/try/", definition_preview.definition_try, name="definition-try"),
    path("forms/<int:pk>/compare/", definitions.definition_compare, name="definition-compare"),
    path("forms/<int:pk>/draft/", definitions.definition_draft, name="definition-draft"),
    path("forms/<int:pk>/copy/", definitions.definition_copy, name="definition-copy"),
    path("forms/<int:pk>/edit/", definition_editor.definition_edit, name="definition-edit"),
    path(
        "forms/<int:pk>/publish/", definition_editor.definition_publish, name="definition-publish"
    ),
    path("forms/<int:pk>/discard/", definitions.definition_discard, name="definition-discard"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/day/", calendar.calendar_day_set, name="calendar-day-set"),
    path("calendar/day/remove/", calendar.calendar_day_remove, name="calendar-day-remove"),
    path("calendar/year/<int:year>/", calendar.calendar_year_declare, name="calendar-year-declare"),
]

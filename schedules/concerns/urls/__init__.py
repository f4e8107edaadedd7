"""Addresses of residents' concerns."""

from django.urls import path

from ..views import concerns, figure_rows, imports, kinds, practices, templates
from . import public

app_name = "concerns"
_ONE = "concerns/<uuid:uid>/"
_IMPORT = "concerns/imports/<uuid:uid>/"
urlpatterns = [
    path("concerns/", concerns.concern_list, name="concern-list"),
    path("concerns/new/", concerns.concern_create, name="concern-create"),
    path("concerns/sheet/", concerns.concern_export, name="concern-export"),
    path("concerns/print/", concerns.concern_print, name="concern-print"),
    path("concerns/rows/", figure_rows.concern_rows, name="concern-rows"),
    path("concerns/templates/", templates.template_list, name="template-list"),
    path("concerns/templates/new/", templates.template_create, name="template-create"),
    path("concerns/templates/<int:pk>/", templates.template_edit, name="template-edit"),
    path("concerns/practices/", practices.practice_list, name="practice-list"),
    path("concerns/practices/sheet/", practices.practice_export, name="practice-export"),
    path("concerns/practices/<int:pk>/", practices.practice_detail, name="practice-detail"),
    path("concerns/practices/<int:pk>/edit/", practices.practice_edit, name="practice-edit"),
    path("concerns/kinds/", kinds.kind_list, name="kind-list"),
    path("concerns/kinds/new/", kinds.kind_create, name="kind-create"),
    path("concerns/kinds/<int:pk>/", kinds.kind_edit, name="kind-edit"),
    path("concerns/imports/", imports.import_upload, name="import"),
    path(_IMPORT, imports.import_detail, name="import-detail"),
    path(f"{_IMPORT}confirm/", imports.import_confirm, name="import-confirm"),
    path(f"{_IMPORT}cancel/", imports.import_cancel, name="import-cancel"),
    path(f"{_IMPORT}marked/", imports.import_marked, name="import-marked"),
    path(_ONE, concerns.concern_detail, name="concern-detail"),
    path(f"{_ONE}assign/", concerns.concern_assign, name="concern-assign"),
    path(f"{_ONE}answer/", concerns.concern_answer, name="concern-answer"),
    path(f"{_ONE}pass-up/", concerns.concern_pass_up, name="concern-pass-up"),
    path(f"{_ONE}practice/", practices.concern_practice, name="concern-practice"),
    path(f"{_ONE}refuse/", concerns.concern_refuse, name="concern-refuse"),
    path(f"{_ONE}call/", concerns.concern_call, name="concern-call"),
    path(f"{_ONE}reopen/", concerns.concern_reopen, name="concern-reopen"),
    path(f"{_ONE}hand/", concerns.concern_hand, name="concern-hand"),
    path(f"{_ONE}reveal/", concerns.concern_reveal, name="concern-reveal"),
    *public.ADDRESSES,
]

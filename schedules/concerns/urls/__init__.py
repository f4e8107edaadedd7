"""Addresses of residents' concerns."""

from django.urls import path

from ..views import concerns, imports, kinds

app_name = "concerns"
_ONE = "concerns/<uuid:uid>/"
_IMPORT = "concerns/imports/<uuid:uid>/"
urlpatterns = [
    path("concerns/", concerns.concern_list, name="concern-list"),
    path("concerns/new/", concerns.concern_create, name="concern-create"),
    path("concerns/sheet/", concerns.concern_export, name="concern-export"),
    path("concerns/print/", concerns.concern_print, name="concern-print"),
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
    path(f"{_ONE}refuse/", concerns.concern_refuse, name="concern-refuse"),
    path(f"{_ONE}call/", concerns.concern_call, name="concern-call"),
    path(f"{_ONE}reopen/", concerns.concern_reopen, name="concern-reopen"),
    path(f"{_ONE}hand/", concerns.concern_hand, name="concern-hand"),
    path(f"{_ONE}reveal/", concerns.concern_reveal, name="concern-reveal"),
]

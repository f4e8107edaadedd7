from django.urls import path

from ..views import imports, sheets

_VERSION = "scheme-versions/<uuid:uid>/"
_IMPORT = "schemes/imports/<uuid:uid>/"

urlpatterns = [
    path(f"{_VERSION}sheet/", sheets.version_sheet, name="version-sheet"),
    path(f"{_VERSION}import/", imports.import_upload, name="import"),
    path(f"{_VERSION}import/paste/", imports.import_paste, name="import-paste"),
    path("schemes/imports/template/", imports.import_template, name="import-template"),
    path(_IMPORT, imports.import_detail, name="import-detail"),
    path(f"{_IMPORT}confirm/", imports.import_confirm, name="import-confirm"),
    path(f"{_IMPORT}cancel/", imports.import_cancel, name="import-cancel"),
    path(f"{_IMPORT}marked/", imports.import_marked, name="import-marked"),
]

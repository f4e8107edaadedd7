from django.urls import path

from ..views import imports

_IMPORT = "life/imports/<uuid:uid>/"

urlpatterns = [
    path("life/imports/", imports.import_upload, name="import"),
    path("life/imports/template/", imports.import_template, name="import-template"),
    path("life/imports/paste/", imports.import_paste, name="import-paste"),
    path(_IMPORT, imports.import_detail, name="import-detail"),
    path(f"{_IMPORT}confirm/", imports.import_confirm, name="import-confirm"),
    path(f"{_IMPORT}cancel/", imports.import_cancel, name="import-cancel"),
    path(f"{_IMPORT}marked/", imports.import_marked, name="import-marked"),
]

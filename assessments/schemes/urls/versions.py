from django.urls import path

from ..views import editor, lists, versions

_V = "scheme-versions/<uuid:uid>/"

urlpatterns = [
    path("schemes/", lists.scheme_list, name="scheme-list"),
    path("schemes/new/", lists.scheme_create, name="scheme-create"),
    path("schemes/<uuid:uid>/", lists.scheme, name="scheme"),
    path("schemes/<uuid:uid>/edit/", lists.scheme_edit, name="scheme-edit"),
    path("schemes/<uuid:uid>/begin/", lists.scheme_begin, name="scheme-begin"),
    path(_V, versions.version, name="version"),
    path(f"{_V}compare/", versions.version_compare, name="version-compare"),
    path(f"{_V}submit/", versions.version_submit, name="version-submit"),
    path(f"{_V}publish/", versions.version_publish, name="version-publish"),
    path(f"{_V}return/", versions.version_return, name="version-return"),
    path(f"{_V}discard/", versions.version_discard, name="version-discard"),
    path(f"{_V}scans/add/", versions.scan_add, name="scan-add"),
    path("scheme-scans/<uuid:uid>/", versions.scan_open, name="scan-open"),
    path("scheme-scans/<uuid:uid>/remove/", versions.scan_remove, name="scan-remove"),
    path(f"{_V}settings/", editor.version_settings, name="version-settings"),
    path(f"{_V}edit/", editor.version_edit, name="version-edit"),
    path(f"{_V}edit/marks/", editor.marks_save, name="marks-save"),
    path(f"{_V}edit/add/", editor.node_add, name="node-add"),
    path(f"{_V}edit/move/", editor.node_move, name="node-move"),
    path(f"{_V}edit/remove/", editor.node_remove, name="node-remove"),
    path(f"{_V}edit/restore/", editor.node_restore, name="node-restore"),
    path(f"{_V}edit/indicator/", editor.indicator_save, name="indicator-save"),
    path(f"{_V}edit/try/", editor.indicator_try, name="indicator-try"),
    path(f"{_V}edit/group/", editor.group_save, name="group-save"),
]

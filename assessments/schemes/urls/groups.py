from django.urls import path

from ..views import groups

urlpatterns = [
    path("schemes/groups/", groups.group_list, name="group-list"),
    path("schemes/groups/print/", groups.group_print, name="group-print"),
    path("schemes/groups/new/", groups.group_create, name="group-create"),
    path("schemes/groups/copy/", groups.group_copy, name="group-copy"),
    path("schemes/groups/<uuid:uid>/", groups.group_detail, name="group"),
    path("schemes/groups/<uuid:uid>/edit/", groups.group_edit, name="group-edit"),
    path("schemes/groups/<uuid:uid>/remove/", groups.group_remove, name="group-remove"),
]

from django.urls import path

from . import views

app_name = "members"

urlpatterns = [
    path("members/", views.member_list, name="member-list"),
    path("members/find/", views.member_find, name="member-find"),
    path("members/movements/", views.member_movements, name="member-movements"),
    path("members/new/", views.member_create, name="member-create"),
    path("members/export/", views.member_export, name="member-export"),
    path("members/imports/", views.member_import_list, name="member-import-list"),
    path("members/imports/new/", views.member_import, name="member-import"),
    path("members/imports/<uuid:uid>/", views.member_import_detail, name="member-import-detail"),
    path(
        "members/imports/<uuid:uid>/apply/", views.member_import_apply, name="member-import-apply"
    ),
    path(
        "members/imports/<uuid:uid>/cancel/",
        views.member_import_cancel,
        name="member-import-cancel",
    ),
    path(
        "members/imports/<uuid:uid>/marked/",
        views.member_import_marked,
        name="member-import-marked",
    ),
    path("members/<int:pk>/", views.member_detail, name="member-detail"),
    path("members/<int:pk>/edit/", views.member_edit, name="member-edit"),
    path("members/<int:pk>/exit/", views.member_exit, name="member-exit"),
    path("members/<int:pk>/restore/", views.member_restore, name="member-restore"),
    path("members/<int:pk>/status/", views.member_status, name="member-status"),
    path("members/decisions/", views.decision_list, name="decision-list"),
    path("members/decisions/<int:pk>/", views.decision_detail, name="decision-detail"),
    path("members/decisions/<int:pk>/approve/", views.decision_approve, name="decision-approve"),
    path("members/decisions/<int:pk>/refuse/", views.decision_refuse, name="decision-refuse"),
    path("members/decisions/<int:pk>/withdraw/", views.decision_withdraw, name="decision-withdraw"),
    path("members/<int:pk>/move/", views.member_move, name="member-move"),
    path("members/<int:pk>/reveal/", views.member_reveal, name="member-reveal"),
]

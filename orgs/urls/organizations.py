from django.urls import URLPattern, path

from ..views import offices
from ..views import organization_imports as imports
from ..views import organizations as views

urlpatterns: list[URLPattern] = [
    path("organizations/", views.organization_list, name="organization-list"),
    path("organizations/new/", views.organization_create, name="organization-create"),
    path("organizations/import/", imports.organization_import, name="organization-import"),
    path(
        "organizations/import/<uuid:uid>/",
        imports.organization_import_detail,
        name="organization-import-detail",
    ),
    path(
        "organizations/import/<uuid:uid>/confirm/",
        imports.organization_import_confirm,
        name="organization-import-confirm",
    ),
    path(
        "organizations/import/<uuid:uid>/cancel/",
        imports.organization_import_cancel,
        name="organization-import-cancel",
    ),
    path(
        "organizations/import/<uuid:uid>/marked/",
        imports.organization_import_marked,
        name="organization-import-marked",
    ),
    path("organizations/<int:pk>/", views.organization_detail, name="organization-detail"),
    path(
        "organizations/<int:pk>/children/",
        views.organization_children,
        name="organization-children",
    ),
    path("organizations/<int:pk>/edit/", views.organization_edit, name="organization-edit"),
    path("organizations/<int:pk>/rename/", views.organization_rename, name="organization-rename"),
    path("organizations/<int:pk>/kind/", views.organization_upgrade, name="organization-upgrade"),
    path("organizations/<int:pk>/move/", views.organization_move, name="organization-move"),
    path("organizations/<int:pk>/merge/", views.organization_merge, name="organization-merge"),
    path(
        "organizations/<int:pk>/abolish/", views.organization_abolish, name="organization-abolish"
    ),
    path(
        "organizations/<int:pk>/re-elect/",
        views.organization_re_elect,
        name="organization-re-elect",
    ),
    path("organizations/<int:pk>/extend/", views.organization_extend, name="organization-extend"),
    path("organizations/<int:pk>/offices/new/", offices.office_create, name="office-create"),
    path("offices/<int:pk>/end/", offices.office_end, name="office-end"),
    path("offices/<int:pk>/correct/", offices.office_correct, name="office-correct"),
]

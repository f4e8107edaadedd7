from django.urls import URLPattern, path

from ..views import full_exports as views

urlpatterns: list[URLPattern] = [
    path("organizations/export/", views.organization_export, name="organization-export"),
    path("exports/", views.export_list, name="export-list"),
    path("exports/<uuid:uid>/", views.export_detail, name="export-detail"),
    path("exports/<uuid:uid>/allow/", views.export_allow, name="export-allow"),
    path("exports/<uuid:uid>/refuse/", views.export_refuse, name="export-refuse"),
    path("exports/<uuid:uid>/withdraw/", views.export_withdraw, name="export-withdraw"),
]

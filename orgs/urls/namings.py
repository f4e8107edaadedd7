from django.urls import URLPattern, path

from ..views import namings

urlpatterns: list[URLPattern] = [
    path(
        "organizations/<int:pk>/named/",
        namings.organization_namings,
        name="organization-namings",
    ),
    path("named/<int:pk>/end/", namings.naming_end, name="naming-end"),
]

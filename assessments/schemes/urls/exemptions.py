from django.urls import path

from ..views import exemptions

urlpatterns = [
    path("schemes/exemptions/", exemptions.exemption_list, name="exemption-list"),
    path("schemes/exemptions/print/", exemptions.exemption_print, name="exemption-print"),
    path("schemes/exemptions/new/", exemptions.exemption_start, name="exemption-start"),
    path(
        "schemes/exemptions/new/<uuid:uid>/",
        exemptions.exemption_create,
        name="exemption-create",
    ),
    path("schemes/exemptions/<uuid:uid>/", exemptions.exemption_detail, name="exemption"),
    path(
        "schemes/exemptions/<uuid:uid>/approve/",
        exemptions.exemption_approve,
        name="exemption-approve",
    ),
    path(
        "schemes/exemptions/<uuid:uid>/refuse/",
        exemptions.exemption_refuse,
        name="exemption-refuse",
    ),
    path("schemes/exemptions/<uuid:uid>/end/", exemptions.exemption_end, name="exemption-end"),
]

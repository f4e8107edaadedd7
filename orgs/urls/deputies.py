from django.urls import URLPattern, path

from ..views import deputies

urlpatterns: list[URLPattern] = [
    path("account/preferences/", deputies.preferences, name="preferences"),
    path("account/grants/<int:pk>/deputy/", deputies.deputy_create, name="deputy-create"),
    path(
        "account/deputies/requests/<int:pk>/withdraw/",
        deputies.deputy_withdraw,
        name="deputy-withdraw",
    ),
    path("deputies/", deputies.deputy_requests, name="deputy-requests"),
    path("deputies/<int:pk>/confirm/", deputies.deputy_confirm, name="deputy-confirm"),
    path("deputies/<int:pk>/refuse/", deputies.deputy_refuse, name="deputy-refuse"),
    path("account/deputies/<int:pk>/end/", deputies.deputy_end, name="deputy-end"),
]

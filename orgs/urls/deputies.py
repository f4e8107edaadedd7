from django.urls import URLPattern, path

from ..views import deputies

urlpatterns: list[URLPattern] = [
    path("account/preferences/", deputies.preferences, name="preferences"),
    path("account/grants/<int:pk>/deputy/", deputies.deputy_create, name="deputy-create"),
    path("account/deputies/<int:pk>/end/", deputies.deputy_end, name="deputy-end"),
]

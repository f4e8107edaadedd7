from django.urls import path

from ..views import entry

urlpatterns = [
    path("schemes/versions/<uuid:uid>/", entry.version, name="version"),
]

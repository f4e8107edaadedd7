from django.urls import path

from ..views import deciding

urlpatterns = [
    path("cycles/<uuid:uid>/decision/", deciding.decision, name="decision"),
]

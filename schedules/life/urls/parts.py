from django.urls import path

from ..views import parts

_PART = "life/meetings/<uuid:uid>/parts/<int:pk>/"

urlpatterns = [
    path(_PART, parts.part_edit, name="part-edit"),
    path(f"{_PART}release/", parts.part_release, name="part-release"),
]

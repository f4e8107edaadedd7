from django.urls import path

from ..views import alike

urlpatterns = [
    path("action-items/alike/", alike.alike_list, name="alike-list"),
    path(
        "action-items/alike/<slug:category>/<slug:cause>/", alike.alike_detail, name="alike-detail"
    ),
    path(
        "action-items/alike/<slug:category>/<slug:cause>/gather/",
        alike.alike_gather,
        name="alike-gather",
    ),
]

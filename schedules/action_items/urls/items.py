from django.urls import path

from ..views import items

urlpatterns = [
    path("action-items/<int:pk>/", items.item_detail, name="item-detail"),
]

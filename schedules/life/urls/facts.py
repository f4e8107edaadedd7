from django.urls import path

from ..views import lists

urlpatterns = [
    path("life/", lists.meeting_list, name="meeting-list"),
    path("life/duties/", lists.duty_list, name="duty-list"),
]

from django.urls import path

from ..views import meetings

urlpatterns = [
    path("dispatch/meetings/<int:pk>/", meetings.meeting_detail, name="meeting-detail"),
]

from django.urls import URLPattern, path

from ..views import agenda, meetings, roll, topics

_MEETING = "dispatch/meetings/<int:pk>/"
_CARD = f"{_MEETING}cards/<int:record>/"

urlpatterns: list[URLPattern] = [
    path("dispatch/meetings/", meetings.meeting_list, name="meeting-list"),
    path("dispatch/meetings/new/", meetings.meeting_create, name="meeting-create"),
    path("dispatch/series/new/", meetings.series_create, name="series-create"),
    path("dispatch/series/<int:pk>/", meetings.series_edit, name="series-edit"),
    path(_MEETING, agenda.meeting_detail, name="meeting-detail"),
    path(f"{_MEETING}edit/", meetings.meeting_edit, name="meeting-edit"),
    path(f"{_MEETING}call/", meetings.meeting_call, name="meeting-call"),
    path(f"{_MEETING}cancel/", meetings.meeting_cancel, name="meeting-cancel"),
    path(f"{_MEETING}draft/", meetings.meeting_draft, name="meeting-draft"),
    path(f"{_MEETING}arrange/", agenda.meeting_arrange, name="meeting-arrange"),
    path(f"{_MEETING}place/", agenda.meeting_place, name="meeting-place"),
    path(f"{_MEETING}roll/", roll.meeting_roll, name="meeting-roll"),
    path(f"{_MEETING}roll/<int:record>/deputy/", roll.attendance_deputy, name="attendance-deputy"),
    path(f"{_MEETING}cards/new/", agenda.card_create, name="card-create"),
    path(f"{_CARD}edit/", agenda.card_edit, name="card-edit"),
    path(f"{_CARD}minutes/", agenda.card_minutes, name="card-minutes"),
    path(f"{_CARD}shift/", agenda.card_shift, name="card-shift"),
    path(f"{_CARD}defer/", agenda.card_defer, name="card-defer"),
    path(f"{_CARD}remove/", agenda.card_remove, name="card-remove"),
    path("dispatch/topics/new/", topics.topic_create, name="topic-create"),
    path("dispatch/topics/<int:pk>/", topics.topic_edit, name="topic-edit"),
    path("dispatch/topics/<int:pk>/remove/", topics.topic_remove, name="topic-remove"),
]

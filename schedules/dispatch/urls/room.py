from django.urls import path

from ..views import recording, room

urlpatterns = [
    path("dispatch/meetings/<int:pk>/room/", room.room, name="room"),
    path("dispatch/meetings/<int:pk>/screen/", room.screen, name="screen"),
    path("dispatch/meetings/<int:pk>/screen/live/", room.screen_live, name="screen-live"),
    path("dispatch/meetings/<int:pk>/room/open/", recording.meeting_open, name="meeting-open"),
    path("dispatch/meetings/<int:pk>/room/close/", recording.meeting_close, name="meeting-close"),
    path("dispatch/cards/<int:pk>/room/", room.room_card, name="room-card"),
    path("dispatch/cards/<int:pk>/room/live/", room.room_live, name="room-live"),
    path("dispatch/cards/<int:pk>/room/begin/", recording.card_begin, name="card-begin"),
    path("dispatch/cards/<int:pk>/room/defer/", recording.room_defer, name="room-defer"),
    path("dispatch/cards/<int:pk>/room/find/", recording.outcome_find, name="outcome-find"),
    path("dispatch/cards/<int:pk>/room/write/", recording.outcome_write, name="outcome-write"),
    path(
        "dispatch/cards/<int:pk>/room/outcomes/<int:record>/remove/",
        recording.outcome_remove,
        name="outcome-remove",
    ),
]

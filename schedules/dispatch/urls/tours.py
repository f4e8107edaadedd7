from django.urls import path

from ..views import tours

urlpatterns = [
    path("dispatch/tours/<int:pk>/", tours.tour_detail, name="tour-detail"),
    path("dispatch/tours/<int:pk>/stops/add/", tours.tour_stop_add, name="tour-stop-add"),
    path("dispatch/tours/stops/<int:pk>/remove/", tours.tour_stop_remove, name="tour-stop-remove"),
    path("dispatch/tours/stops/<int:pk>/note/", tours.tour_note, name="tour-note"),
    path("dispatch/tours/notes/<int:pk>/hand/", tours.tour_note_hand, name="tour-note-hand"),
]

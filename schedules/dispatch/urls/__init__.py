from . import meetings, minutes, room, visits

app_name = "dispatch"

urlpatterns = [
    *meetings.urlpatterns,
    *room.urlpatterns,
    *minutes.urlpatterns,
    *visits.urlpatterns,
]

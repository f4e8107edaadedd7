from . import meetings, minutes, room, tours, visits

app_name = "dispatch"

urlpatterns = [
    *meetings.urlpatterns,
    *room.urlpatterns,
    *minutes.urlpatterns,
    *visits.urlpatterns,
    *tours.urlpatterns,
]

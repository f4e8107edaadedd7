from . import meetings, minutes, room

app_name = "dispatch"

urlpatterns = [*meetings.urlpatterns, *room.urlpatterns, *minutes.urlpatterns]

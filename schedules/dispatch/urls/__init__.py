from . import meetings, visits

app_name = "dispatch"

urlpatterns = [*meetings.urlpatterns, *visits.urlpatterns]

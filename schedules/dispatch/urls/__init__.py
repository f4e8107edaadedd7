from . import meetings, tours, visits

app_name = "dispatch"

urlpatterns = [*meetings.urlpatterns, *visits.urlpatterns, *tours.urlpatterns]

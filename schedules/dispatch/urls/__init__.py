from . import meetings

app_name = "dispatch"

urlpatterns = [*meetings.urlpatterns]

from . import reminders, reports, rounds

app_name = "schedules"

urlpatterns = [*reminders.urlpatterns, *reports.urlpatterns, *rounds.urlpatterns]

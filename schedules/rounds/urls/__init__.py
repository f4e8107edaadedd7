from . import boards, readings, reminders, reports, rounds

app_name = "schedules"

urlpatterns = [
    *boards.urlpatterns,
    *readings.urlpatterns,
    *reminders.urlpatterns,
    *reports.urlpatterns,
    *rounds.urlpatterns,
]

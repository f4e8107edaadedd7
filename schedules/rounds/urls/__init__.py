from . import boards, burden, readings, reminders, reports, rounds

app_name = "schedules"

urlpatterns = [
    *boards.urlpatterns,
    *burden.urlpatterns,
    *readings.urlpatterns,
    *reminders.urlpatterns,
    *reports.urlpatterns,
    *rounds.urlpatterns,
]

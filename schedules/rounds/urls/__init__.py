from . import boards, reminders, reports, rounds

app_name = "schedules"

urlpatterns = [
    *boards.urlpatterns,
    *reminders.urlpatterns,
    *reports.urlpatterns,
    *rounds.urlpatterns,
]

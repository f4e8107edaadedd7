from . import reports, rounds

app_name = "schedules"

urlpatterns = [*reports.urlpatterns, *rounds.urlpatterns]

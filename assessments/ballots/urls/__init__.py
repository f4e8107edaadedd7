from . import reports, rounds

app_name = "ballots"

urlpatterns = [
    *rounds.urlpatterns,
    *reports.urlpatterns,
]

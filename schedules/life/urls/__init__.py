from . import appraisals, facts, ledgers, records, talks

app_name = "life"
urlpatterns = [
    *facts.urlpatterns,
    *records.urlpatterns,
    *appraisals.urlpatterns,
    *talks.urlpatterns,
    *ledgers.urlpatterns,
]

__all__ = ["app_name", "urlpatterns"]

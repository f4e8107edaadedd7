from . import appraisals, facts, imports, ledgers, records, study, talks

app_name = "life"
urlpatterns = [
    *facts.urlpatterns,
    *records.urlpatterns,
    *study.urlpatterns,
    *appraisals.urlpatterns,
    *talks.urlpatterns,
    *ledgers.urlpatterns,
    *imports.urlpatterns,
]

__all__ = ["app_name", "urlpatterns"]

from . import appraisals, facts, imports, ledgers, parts, people, records, study, talks

app_name = "life"
urlpatterns = [
    *facts.urlpatterns,
    *records.urlpatterns,
    *appraisals.urlpatterns,
    *imports.urlpatterns,
    *ledgers.urlpatterns,
    *parts.urlpatterns,
    *people.urlpatterns,
    *study.urlpatterns,
    *talks.urlpatterns,
]

__all__ = ["app_name", "urlpatterns"]

from . import appraisals, facts, ledgers, records

app_name = "life"
urlpatterns = [
    *facts.urlpatterns,
    *records.urlpatterns,
    *appraisals.urlpatterns,
    *ledgers.urlpatterns,
]

__all__ = ["app_name", "urlpatterns"]

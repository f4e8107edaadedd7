from . import appraisals, records

app_name = "life"
urlpatterns = [
    *records.urlpatterns,
    *appraisals.urlpatterns,
]

__all__ = ["app_name", "urlpatterns"]

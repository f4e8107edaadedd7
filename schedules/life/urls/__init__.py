from . import records, study

app_name = "life"
urlpatterns = [*records.urlpatterns, *study.urlpatterns]

__all__ = ["app_name", "urlpatterns"]

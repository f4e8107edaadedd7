from . import records, talks

app_name = "life"

urlpatterns = [*records.urlpatterns, *talks.urlpatterns]

__all__ = ["app_name", "urlpatterns"]

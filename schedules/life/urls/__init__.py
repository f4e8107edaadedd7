from . import imports, records

app_name = "life"
urlpatterns = [*records.urlpatterns, *imports.urlpatterns]

__all__ = ["app_name", "urlpatterns"]

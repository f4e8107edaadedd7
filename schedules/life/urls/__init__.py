from . import parts, people, records

app_name = "life"
urlpatterns = [*records.urlpatterns, *people.urlpatterns, *parts.urlpatterns]

__all__ = ["app_name", "urlpatterns"]

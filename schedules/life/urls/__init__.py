from . import people, records

app_name = "life"
urlpatterns = [*records.urlpatterns, *people.urlpatterns]

__all__ = ["app_name", "urlpatterns"]

from . import ledgers, records

app_name = "life"

urlpatterns = [*records.urlpatterns, *ledgers.urlpatterns]

__all__ = ["app_name", "urlpatterns"]

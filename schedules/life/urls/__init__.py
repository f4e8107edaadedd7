from . import facts, ledgers, records

app_name = "life"
urlpatterns = [*facts.urlpatterns, *records.urlpatterns, *ledgers.urlpatterns]

__all__ = ["app_name", "urlpatterns"]

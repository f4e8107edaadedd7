from .facts import urlpatterns as facts
from .records import urlpatterns as records

app_name = "life"
urlpatterns = [*facts, *records]

__all__ = ["app_name", "urlpatterns"]

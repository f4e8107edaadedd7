from .records import urlpatterns

app_name = "life"

__all__ = ["app_name", "urlpatterns"]

from . import entry, imports

app_name = "schemes"

urlpatterns = [*entry.urlpatterns, *imports.urlpatterns]

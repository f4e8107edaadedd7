from . import versions

app_name = "schemes"

urlpatterns = [*versions.urlpatterns]

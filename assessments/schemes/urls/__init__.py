from . import entry, exemptions, groups, imports

app_name = "schemes"

urlpatterns = [
    *entry.urlpatterns,
    *imports.urlpatterns,
    *groups.urlpatterns,
    *exemptions.urlpatterns,
]

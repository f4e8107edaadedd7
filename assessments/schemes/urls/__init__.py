from . import exemptions, groups, imports, versions

app_name = "schemes"

urlpatterns = [
    *versions.urlpatterns,
    *imports.urlpatterns,
    *groups.urlpatterns,
    *exemptions.urlpatterns,
]

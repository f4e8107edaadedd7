from . import exemptions, groups

app_name = "schemes"

urlpatterns = [
    *groups.urlpatterns,
    *exemptions.urlpatterns,
]

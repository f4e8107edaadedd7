from . import cycles

app_name = "cycles"

urlpatterns = [
    *cycles.urlpatterns,
]

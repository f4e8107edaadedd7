from . import cycles, scores

app_name = "cycles"

urlpatterns = [
    *cycles.urlpatterns,
    *scores.urlpatterns,
]

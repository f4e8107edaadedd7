from . import scores

app_name = "cycles"

urlpatterns = [
    *scores.urlpatterns,
]

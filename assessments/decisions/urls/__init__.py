from . import decisions

app_name = "decisions"

urlpatterns = [
    *decisions.urlpatterns,
]

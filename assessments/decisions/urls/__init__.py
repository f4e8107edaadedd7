from . import decisions, objections

app_name = "decisions"

urlpatterns = [
    *decisions.urlpatterns,
    *objections.urlpatterns,
]

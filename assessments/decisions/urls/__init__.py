from . import decisions, objections, publishing

app_name = "decisions"

urlpatterns = [
    *decisions.urlpatterns,
    *objections.urlpatterns,
    *publishing.urlpatterns,
]

from . import desk, reviews

app_name = "reviews"

urlpatterns = [
    *desk.urlpatterns,
    *reviews.urlpatterns,
]

from . import feedback, items

app_name = "action_items"

urlpatterns = [*items.urlpatterns, *feedback.urlpatterns]

from . import alike, feedback, items

app_name = "action_items"

urlpatterns = [*items.urlpatterns, *feedback.urlpatterns, *alike.urlpatterns]

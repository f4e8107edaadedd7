from . import alike, feedback, items, papers

app_name = "action_items"

urlpatterns = [*items.urlpatterns, *feedback.urlpatterns, *papers.urlpatterns, *alike.urlpatterns]

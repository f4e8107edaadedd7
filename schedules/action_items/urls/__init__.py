from . import items, papers

app_name = "action_items"

urlpatterns = [*items.urlpatterns, *papers.urlpatterns]

from . import items

app_name = "action_items"

urlpatterns = [*items.urlpatterns]

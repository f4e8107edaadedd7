from django.apps import AppConfig


class ActionItemsConfig(AppConfig):
    name = "schedules.action_items"
    label = "action_items"
    verbose_name = "督办"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "showcase.panels"
    label = "panels"
    verbose_name = "评审"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of lower apps)

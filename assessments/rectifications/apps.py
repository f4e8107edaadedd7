from django.apps import AppConfig


class RectificationsConfig(AppConfig):
    name = "assessments.rectifications"
    label = "rectifications"
    verbose_name = "限期整改"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

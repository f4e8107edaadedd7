from django.apps import AppConfig


class CyclesConfig(AppConfig):
    name = "assessments.cycles"
    label = "cycles"
    verbose_name = "半年考核"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "schedules.dispatch"
    label = "dispatch"
    verbose_name = "调度会"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

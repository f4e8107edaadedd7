from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "schedules.rounds"
    # The label of the time before there were slices: tables, addresses and templates keep it.
    label = "schedules"
    verbose_name = "调度"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

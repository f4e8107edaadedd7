from django.apps import AppConfig


class NeighboursConfig(AppConfig):
    name = "schedules.neighbours"
    label = "neighbours"
    verbose_name = "邻里共建"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

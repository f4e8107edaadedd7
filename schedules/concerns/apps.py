from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    name = "schedules.concerns"
    label = "concerns"
    verbose_name = "群众诉求"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

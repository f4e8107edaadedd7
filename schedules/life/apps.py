from django.apps import AppConfig


class LifeConfig(AppConfig):
    name = "schedules.life"
    label = "life"
    verbose_name = "组织生活"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

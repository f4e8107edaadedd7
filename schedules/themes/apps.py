from django.apps import AppConfig


class ThemesConfig(AppConfig):
    name = "schedules.themes"
    label = "themes"
    verbose_name = "季度主题"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "assessments.boards"
    label = "boards"
    verbose_name = "考核看板"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "assessments.ballots"
    label = "ballots"
    verbose_name = "测评"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "assessments.decisions"
    label = "decisions"
    verbose_name = "审定与反馈"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

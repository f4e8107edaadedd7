from django.apps import AppConfig


class SelfAssessmentsConfig(AppConfig):
    name = "assessments.self_assessments"
    label = "self_assessments"
    verbose_name = "自查自评"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

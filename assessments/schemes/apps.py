from django.apps import AppConfig


class SchemesConfig(AppConfig):
    name = "assessments.schemes"
    label = "schemes"
    verbose_name = "考核细则"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

from django.apps import AppConfig


class WeakCasesConfig(AppConfig):
    name = "schedules.weak_cases"
    label = "weak_cases"
    verbose_name = "软弱涣散整顿"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "showcase.projects"
    label = "projects"
    verbose_name = "党建项目"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "showcase.sites"
    label = "sites"
    verbose_name = "示范点"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

from django.apps import AppConfig


class BrandsConfig(AppConfig):
    name = "showcase.brands"
    label = "brands"
    verbose_name = "党建品牌"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "showcase.public"
    label = "public"
    verbose_name = "公开展示"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

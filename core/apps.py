from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "基础"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import (  # noqa: F401  (fill registries)
            checks,
            deployment,
            notifications,
            registrations,
            tasks,
        )
        from .documents import making  # noqa: F401

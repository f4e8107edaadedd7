from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "assessments.reviews"
    label = "reviews"
    verbose_name = "考核组复核"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import registrations  # noqa: F401  (fills the registries of core)

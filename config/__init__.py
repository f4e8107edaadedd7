"""Settings, URL root and process entry points. Imports every app; no app imports it."""

from .celery import app as celery_app

__all__ = ["celery_app"]

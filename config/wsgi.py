"""WSGI entry point. In the embedded edition it also starts the background threads."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from . import started

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

started.settle()  # granian imports this module in each worker

# `manage.py serve` asks for the threads, so that importing this module (checks, tests, a second
# web process) never starts a worker by accident.
if settings.EMBEDDED and os.environ.get("PORTAL_BACKGROUND") == "threads":
    from config import celery_app, embedded

    embedded.start(celery_app)

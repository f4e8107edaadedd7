"""WSGI entry point. In the embedded edition it also starts the background threads."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# Every view is imported now, not by the first request. What is there after the start stays for as
# long as the process: set aside, so that no collection of garbage walks through it again (each
# would stop all requests of the process for up to 0.2 s). granian imports this module in each
# worker, after the fork.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()

# `manage.py serve` asks for the threads, so that importing this module (checks, tests, a second
# web process) never starts a worker by accident.
if settings.EMBEDDED and os.environ.get("PORTAL_BACKGROUND") == "threads":
    from config import celery_app, embedded

    embedded.start(celery_app)

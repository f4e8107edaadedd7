"""What a web process does once, before its first request."""

import gc

from django.conf import settings
from django.db import connection
from django.urls import get_resolver


def settle() -> None:
    """Refuses a demo zone in production; imports every view now, so that no request does, and sets
    aside what is there by now.

    It stays for as long as the process: no collection of garbage walks through it again, of which
    each would stop all requests of the process for up to 0.2 s. Called in each worker, after the
    fork.
    """
    if settings.PRODUCTION:
        from core import deployment  # models: only when the apps are there

        deployment.refuse_demo_zone()
        connection.close()
    get_resolver().url_patterns  # noqa: B018
    gc.collect()
    gc.freeze()

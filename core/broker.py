"""The broker, and background work while it is away."""

import logging
import threading

from django.conf import settings
from django.db import close_old_connections

from . import effects, scheduler

LOOK_EVERY = 5.0  # seconds
logger = logging.getLogger("portal.broker")


def state() -> str:
    """ok, silent, or embedded where there is none. Waits a second at most."""
    if settings.EMBEDDED:
        return "embedded"
    import redis

    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1
        ) as line:
            line.ping()
    except (redis.RedisError, OSError):
        return "silent"
    return "ok"


def stand_in(stopping: threading.Event) -> None:
    """Does what workers and clock do for as long as the broker does not answer, until `stopping` is
    set: no message can wake anybody then, and an uploaded sheet is to be read all the same. Runs in
    the worker's own process; several may, for rows are claimed."""
    while not stopping.wait(LOOK_EVERY):
        if state() != "silent":
            continue
        try:
            close_old_connections()
            scheduler.tick()
            effects.beat("clock")
            effects.run_due(limit=200)
            effects.beat("sweeper")
        except Exception:  # the database is away too, say: the next look tries again
            logger.exception("work without the broker failed")

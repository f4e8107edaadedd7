"""The Celery application: workers that are woken by a message and read their work from rows."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def keep_connections(**_: Any) -> None:
    """Lets worker threads and processes keep their database connection between tasks.

    Celery closes it before and after every task; Django's own rule (CONN_MAX_AGE and a health
    check) is enough and saves a connection per task.
    """
    from celery.fixups.django import DjangoWorkerFixup
    from django.db import close_old_connections

    def close_database(self: DjangoWorkerFixup, **_: Any) -> None:
        close_old_connections()

    DjangoWorkerFixup.close_database = close_database  # type: ignore[method-assign]


@worker_init.connect
def survive_a_broker_that_is_gone(**_: Any) -> None:
    """Lets a worker go on when Redis dies while a message is in its hands.

    Closing the dead connection, kombu puts unacknowledged messages back through a channel that
    has lost its connection already, and the worker ends. The messages are only bells: what they
    announced stands in rows, so they may be forgotten.
    """
    from kombu.transport import redis

    class ForgetfulQoS(redis.QoS):  # type: ignore[misc]
        def restore_unacked(self, client: Any = None) -> list[Any]:
            try:
                return list(super().restore_unacked(client) or ())
            except (AttributeError, OSError, *redis.get_redis_error_classes().connection_errors):
                self._delivered.clear()
                return []

    redis.Channel.QoS = ForgetfulQoS

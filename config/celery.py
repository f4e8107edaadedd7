"""The Celery application: workers that are woken by a message and read their work from rows."""

import os
import threading
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init, worker_shutdown

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
@beat_init.connect
def refuse_a_demo_zone(**_: Any) -> None:
    """In production: its accounts have one printed password."""
    from core import deployment

    deployment.refuse_demo_zone()


@worker_init.connect
def work_without_a_broker(**_: Any) -> None:
    """While Redis is away no message wakes anybody: then this process looks for work itself."""
    from core import broker

    stopping = threading.Event()
    thread = threading.Thread(target=broker.stand_in, args=[stopping], name="stand-in", daemon=True)
    thread.start()
    worker_shutdown.connect(lambda **_: stopping.set(), weak=False)


@worker_init.connect
def survive_a_broker_that_is_gone(**_: Any) -> None:
    """Lets a worker go on when Redis dies while a message is in its hands.

    Kombu acknowledges a finished message, or puts an unfinished one back, through a channel that
    has lost its connection already; what it then raises is an AttributeError, which nobody
    expects, and the worker ends. Such a channel says here what is wrong with it. The messages are
    only bells: what they announced stands in rows, so they may be forgotten.
    """
    from kombu.transport import redis

    errors = (OSError, *redis.get_redis_error_classes().connection_errors)

    class ForgetfulQoS(redis.QoS):  # type: ignore[misc]
        def restore_unacked(self, client: Any = None) -> list[Any]:
            try:
                return list(super().restore_unacked(client) or ())
            except errors:
                self._delivered.clear()
                return []

    class HonestChannel(redis.Channel):  # type: ignore[misc]
        QoS = ForgetfulQoS

        def _connparams(self, *arguments: Any, **more: Any) -> Any:
            if self.connection is None or self.connection.client is None:
                raise redis.redis.exceptions.ConnectionError("the channel has lost its connection")
            return super()._connparams(*arguments, **more)

    redis.Transport.Channel = HonestChannel

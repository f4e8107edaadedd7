"""Celery tasks: woken by a message, they read their work from rows."""

from celery import shared_task

from . import effects, scheduler, turns
from .quiet import Quiet

_broker = Quiet()


@shared_task(name="core.sweep", soft_time_limit=540, time_limit=600)
def sweep(**_unused: object) -> None:
    """Runs due effects. Also the answer to "look now"."""
    with turns.behind():
        effects.run_due(limit=2000)
    effects.beat("sweeper")


@shared_task(name="core.tick", soft_time_limit=50, time_limit=60)
def tick(**_unused: object) -> None:
    """Books the periodic jobs that are due."""
    scheduler.tick()
    effects.beat("clock")


def publish() -> None:
    """Wakes a worker. After a broker that did not answer nobody is kept waiting for it again for
    a while: the sweeper looks anyway."""
    if not _broker.may_ask():
        return
    try:
        sweep.apply_async(retry=False, ignore_result=True)
    except Exception:
        _broker.failed()
        raise
    _broker.answered()


effects.on_ring(publish)

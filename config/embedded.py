"""Background work inside the web process: the edition that needs no Redis.

A Celery worker with a thread pool and a beat thread live beside granian's request threads, on
the in-memory broker. That broker cannot be reached from another process and forgets everything
when this one ends, which does no harm: it only says "look now", the rows are the work.
"""

import atexit
import fcntl
import logging
import threading
from multiprocessing import util as multiprocessing_util
from typing import IO, Any

from celery import Celery
from celery.beat import EmbeddedService, Scheduler
from celery.worker import WorkController
from celery.worker import state as worker_state
from django.conf import settings
from django.db import connection

from core import effects

logger = logging.getLogger("portal.embedded")

CONCURRENCY = 4

_lock = threading.Lock()
_running: "Background | None" = None
_lock_file: IO[str] | None = None


def start(app: Celery) -> bool:
    """Starts worker and beat threads for `app`, once per process; False when they already run."""
    global _running
    with _lock:
        if _running is not None:
            return False
        _take_up_interrupted_work()
        _running = Background(app)
        _running.start()
    # granian's workers are multiprocessing children, which skip atexit.
    atexit.register(stop)
    multiprocessing_util.Finalize(None, stop, exitpriority=100)
    return True


def stop() -> None:
    """Stops taking tasks and waits for those in hand; the supervisor bounds the wait."""
    global _running
    with _lock:
        background, _running = _running, None
    if background is not None:
        background.stop()


def _take_up_interrupted_work() -> None:
    """Frees what a crashed process had leased, when this process is the only one on its data.

    The lock file tells so for SQLite, whose data folder it lies in; on a shared database the
    leases simply run out.
    """
    global _lock_file
    if connection.vendor != "sqlite":
        return
    _lock_file = (settings.DATA_DIR / "background.lock").open("w")  # held until the process ends
    try:
        fcntl.flock(_lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    effects.release_leases()
    connection.close()


class Background:
    """The worker thread, restarted when it fails, and the beat thread."""

    def __init__(self, app: Celery) -> None:
        self.app = app
        self.stopping = threading.Event()
        self.controller: WorkController | None = None
        self.worker = threading.Thread(target=self._work, name="celery-worker", daemon=True)
        # The plain scheduler keeps no file: what was missed is found in the rows.
        self.beat: Any = EmbeddedService(app, thread=True, scheduler_cls=Scheduler)

    def start(self) -> None:
        self.worker.start()
        self.beat.start()

    def stop(self) -> None:
        self.stopping.set()
        self.beat.service.stop()
        worker_state.should_stop = 0
        # The consumer thread looks up only every two seconds; nothing hangs on it any more.
        if self.controller is not None and self.controller.pool is not None:
            self.controller.pool.executor.shutdown(cancel_futures=True)

    def _work(self) -> None:
        pause = 1.0
        while not self.stopping.is_set():
            try:
                # What the last process left unfinished should not wait for the first beat.
                for name in ("core.sweep", "core.tick"):
                    self.app.send_task(name)
                self.controller = WorkController(
                    app=self.app,
                    pool="threads",
                    concurrency=CONCURRENCY,
                    loglevel="WARNING",
                    without_gossip=True,
                    without_mingle=True,
                    without_heartbeat=True,
                )
                self.controller.start()
            except Exception:
                logger.exception("The background worker failed and is started again")
            self.stopping.wait(pause)
            pause = min(pause * 2, 30.0)

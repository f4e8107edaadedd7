"""Whose turn it is to write: on SQLite people come before what is done behind.

SQLite knows no queue. Who finds the file locked looks again after at most a tenth of a second, so
that work which writes again and again, with nothing between, keeps everybody else out until their
patience ends (20 s: "系统暂时用不了"). What is done behind therefore writes one after the other, and
leaves room after each transaction that others may have had to wait for. Other databases queue.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SHORT = 0.05  # seconds: nobody had to wait
ROOM = 0.15  # longer than the longest pause between two looks of SQLite
LONGEST = 0.5

_here = threading.local()
_turn = threading.Lock()


@contextmanager
def behind() -> Iterator[None]:
    """What this thread does within is done behind: nobody waits for it."""
    before, _here.is_behind = getattr(_here, "is_behind", False), True
    try:
        yield
    finally:
        _here.is_behind = before


@contextmanager
def taken() -> Iterator[None]:
    """Around a transaction that writes: waits for the turn, and leaves room after it. Does nothing for
    a person's, on other databases, and for who holds a transaction already."""
    is_behind = getattr(_here, "is_behind", False)
    if not is_behind or connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with _turn:
        began = time.monotonic()
        try:
            yield
        finally:
            took = time.monotonic() - began
            if took > SHORT:
                time.sleep(min(LONGEST, max(ROOM, took)))

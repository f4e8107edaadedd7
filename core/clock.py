"""The portal's clock. `manage.py tick --now` and tests set it; everything else reads it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_set: ContextVar[dt.datetime | None] = ContextVar("portal_clock", default=None)


def now() -> dt.datetime:
    """The current moment, aware."""
    return _set.get() or timezone.now()


def today() -> dt.date:
    """The current date in the portal's time zone."""
    return timezone.localdate(now())


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Within the block the portal's clock stands at `moment` (aware)."""
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)

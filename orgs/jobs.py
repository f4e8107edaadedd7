"""What the clock does for orgs."""

import datetime as dt

from core import scheduler

from .sessions import SessionStore


@scheduler.daily("orgs.clear_sessions", hour=3, minute=20)
def clear_sessions(planned_for: dt.datetime) -> None:
    """Removes the rows of sessions that have run out."""
    SessionStore.clear_expired()

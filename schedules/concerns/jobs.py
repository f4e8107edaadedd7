"""What the clock does for concerns: who asked is forgotten in time."""

import datetime as dt

from core import scheduler
from core.actor import system

from .actions import concerns


@scheduler.daily("concerns.forget", label="删去到期的诉求人联系方式", hour=3, minute=40)
def forget(planned_for: dt.datetime) -> None:
    """Deletes names and phones of concerns that ended long ago."""
    concerns.forget(by=system())

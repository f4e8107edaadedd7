"""What the clock does for lists of rectification."""

import datetime as dt

from core import scheduler
from core.actor import system

from .actions import closing


@scheduler.daily("rectifications.close_turned_good", label="整改问题随数据销号", hour=3, minute=5)
def close_turned_good(planned_for: dt.datetime) -> None:
    """Closes lines whose fact has turned good."""
    closing.close_turned_good(by=system())

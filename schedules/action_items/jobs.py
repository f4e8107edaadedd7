"""What the clock does for items. What is to be told goes with the one digest (schedules/rounds)."""

import datetime as dt

from core import scheduler
from core.actor import system

from .actions import lines


@scheduler.daily("action_items.turn_good", label="清单随数据销号", hour=2, minute=50)
def turn_good(planned_for: dt.datetime) -> None:
    """Closes lines of lists whose figure has turned good."""
    lines.turn_good(by=system())

"""What the clock does for cycles."""

import datetime as dt

from core import scheduler
from core.actor import system

from .actions import changes


@scheduler.every("cycles.notice_changes", label="查找考核事实的变化", minutes=5)
def notice_changes(planned_for: dt.datetime) -> None:
    """Marks whose facts have changed; their scores are written behind."""
    changes.notice(by=system())

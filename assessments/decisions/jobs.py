"""What the clock does for decisions."""

import datetime as dt

from core import scheduler
from core.actor import system

from .actions import verifying


@scheduler.daily("decisions.verify_results", label="核对已审定的考核结果", hour=3, minute=50)
def verify_results(planned_for: dt.datetime) -> None:
    """Computes sealed results again; what differs is told on `/readyz`."""
    verifying.verify(by=system())

"""Periodic work of the register."""

import datetime as dt

from core import scheduler
from core.actor import system

from .actions import standings


@scheduler.daily("members.settle_standings", label="核对在册沿革", hour=2, minute=35)
def settle_standings(planned_for: dt.datetime) -> None:
    """Compares how members stand today with the register."""
    standings.settle(by=system())

"""Periodic work of the register."""

import datetime as dt

from core import scheduler
from core.actor import system

from .actions import headcounts, standings


@scheduler.every("members.refresh_headcounts", label="补算党员人数", minutes=10)
def refresh_headcounts(planned_for: dt.datetime) -> None:
    """Writes what is marked, should an effect have been given up."""
    headcounts.refresh()


@scheduler.daily("members.reconcile_headcounts", label="核对党员人数", hour=2, minute=20)
def reconcile_headcounts(planned_for: dt.datetime) -> None:
    """Compares all headcounts with a full recount."""
    headcounts.reconcile(by=system())


@scheduler.daily("members.settle_standings", label="核对在册沿革", hour=2, minute=35)
def settle_standings(planned_for: dt.datetime) -> None:
    """Compares how members stand today with the register."""
    standings.settle(by=system())

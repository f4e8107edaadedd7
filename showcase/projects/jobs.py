"""What the clock does for projects. Duties open and close with all others (schedules/rounds)."""

import datetime as dt

from core import scheduler
from core.actor import system

from .actions import asking


@scheduler.daily("projects.ask_for_milestones", label="项目节点列为应办", hour=0, minute=5)
def ask_for_milestones(planned_for: dt.datetime) -> None:
    """Has milestones asked for as duties, from the first project that runs on."""
    asking.begin(by=system())

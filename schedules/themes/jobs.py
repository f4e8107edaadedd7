"""What the clock does for themes, and what follows when one is published: their figures are read."""

import datetime as dt
import time

from core import effects, scheduler
from core.actor import system
from core.models import Effect

from .actions import finder as finders
from .actions import readings
from .actions.running import LINE
from .models import Finder, Theme
from .queries.ahead import read_month_ahead, read_now_ahead
from .queries.finder import read_ahead
from .queries.measuring import months_to_read
from .queries.scope import holders

EVERY = 10  # minutes
SECONDS = 60.0  # that one task reads, so that others need not wait long


@scheduler.every("themes.read", label="读季度主题的数据", minutes=EVERY)
def read(planned_for: dt.datetime) -> None:
    """Reads where the organisations of the themes that run stand."""
    for theme in Theme.objects.running().order_by("pk"):
        readings.read_now(theme=theme, by=system(), ahead=read_now_ahead(theme))


@scheduler.daily("themes.read_months", label="读季度主题的月度数", hour=3, minute=20)
def read_months(planned_for: dt.datetime) -> None:
    """Reads the months of the lines of the themes that run."""
    for theme in Theme.objects.running().order_by("pk"):
        read_line_of(theme)


@effects.handler(LINE, label="读季度主题的月度数", style="long", lease_seconds=600)
def read_line(effect: Effect) -> None:
    """Reads the line of a theme that was just published, or is for others than before."""
    theme = Theme.objects.filter(pk=effect.payload["theme"]).first()
    if theme is not None:
        read_line_of(theme)


def read_line_of(theme: Theme) -> None:
    """Reads what is missing of a theme's line, month by month, each in a transaction of its own."""
    for month in months_to_read(theme):
        ahead = read_month_ahead(theme, month)
        readings.read_month(theme=theme, month=month, by=system(), ahead=ahead)


@scheduler.daily("themes.find", label="读主题发现的数据", hour=4, minute=10)
def find(planned_for: dt.datetime) -> None:
    """Has what could become a theme read, for each organisation that has somebody who keeps themes."""
    for organization in holders():
        finders.begin(organization=organization, by=system())


@effects.handler(finders.FIND, label="读主题发现的数据", style="long", lease_seconds=600)
def find_now(effect: Effect) -> None:
    """Reads step by step. A task that has lasted long leaves the rest to the next; who runs it once more,
    or beside it, finds what is left."""
    rows = Finder.objects.select_related("organization").filter(pk=effect.payload["finder"])
    until = time.monotonic() + SECONDS
    # As it is stored each time: somebody may have begun it anew.
    while (finder := rows.first()) is not None:
        if not finders.step(finder=finder, by=system(), ahead=read_ahead(finder)):
            return
        if time.monotonic() > until:
            finder.refresh_from_db()
            finders.go_on(finder=finder, by=system())
            return

"""What stands in one's calendar: a registry that apps fill, read by the feed.

An entry is known by its `uid` for ever. It names no person: calendars are often kept elsewhere.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day by which somebody has to do something; `is_open`: it is not done yet. `path` is the
    page in the portal."""

    uid: str
    title: str
    day: dt.date
    path: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One meeting or visit. When it changes it keeps its `uid` and its `sequence` rises; when it is
    called off it stays with `is_cancelled`, so that calendars take it out (RFC 5545, 3.8.7.4)."""

    uid: str
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    sequence: int
    changed_at: dt.datetime
    path: str
    place: str = ""
    is_cancelled: bool = False


Entry = CalendarDay | CalendarEvent
Provider = Callable[[int, dt.datetime], Iterable[Entry]]
"""The entries of a user (by id) from the moment on, by his grants of today; says how many queries it
costs."""

_providers: dict[str, Provider] = {}


def register(key: str, provider: Provider) -> None:
    """Adds a provider; its key begins with the label of its app."""
    _providers[key] = provider


def entries_of(user_id: int, since: dt.datetime) -> list[Entry]:
    """All entries of the user, by provider in the order of the apps."""
    return [entry for provider in _providers.values() for entry in provider(user_id, since)]

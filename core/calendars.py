"""What stands in one's calendar beside duties: a registry that apps fill, read by the feed.

An event is known by its `uid` for ever. When it changes it keeps that and its `sequence` rises; when
it is called off it stays with `is_cancelled`, so that calendars take it out (RFC 5545, 3.8.7.4).
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One meeting or visit. It names no person: calendars are often kept elsewhere. `path` is the
    page in the portal."""

    uid: str
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    sequence: int
    changed_at: dt.datetime
    path: str
    place: str = ""
    is_cancelled: bool = False


Provider = Callable[[int, dt.datetime], Iterable[CalendarEvent]]
"""The events of a user (by id) that end after the moment; says how many queries it costs."""

_providers: dict[str, Provider] = {}


def register(key: str, provider: Provider) -> None:
    """Adds a provider; its key begins with the label of its app."""
    _providers[key] = provider


def events_of(user_id: int, since: dt.datetime) -> list[CalendarEvent]:
    """All events of the user, in the order of their beginning."""
    found = [event for provider in _providers.values() for event in provider(user_id, since)]
    return sorted(found, key=lambda event: (event.starts_at, event.uid))

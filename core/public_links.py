"""Where who is not signed in may go: links below the sign-in form, which the apps register."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """Where it goes, and in which words."""

    label: str
    url: str


Provider = Callable[[], Link | None]
"""Gives the link while there is something to see at it; None else. A query at most."""

_providers: list[Provider] = []
_listeners: list[Callable[[], None]] = []


def register(provider: Provider) -> Provider:
    """Adds a link, in the order of the apps."""
    _providers.append(provider)
    return provider


def shown() -> list[Link]:
    """The links of today. A query for each."""
    return [link for provider in _providers if (link := provider()) is not None]


def on_change(listener: Callable[[], None]) -> Callable[[], None]:
    """Has it called, in the transaction of the change, when a page for all was opened or closed."""
    _listeners.append(listener)
    return listener


def changed() -> None:
    """Said by who opens or closes a page for all."""
    for listener in _listeners:
        listener()

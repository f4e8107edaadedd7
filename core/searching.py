"""One search over everything: a registry of finders, each within what the actor may see."""

from collections.abc import Callable
from dataclasses import dataclass

from .actor import Actor


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. `text` tells which of several namesakes it is."""

    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Hits:
    """What one finder found. `more_url` opens the full list when there is more."""

    label: str
    items: list[Hit]
    more_url: str = ""


Finder = Callable[[Actor, str], Hits | None]
_finders: list[Finder] = []


def register(finder: Finder) -> Finder:
    """Adds a finder; it returns None when the actor may not search there."""
    _finders.append(finder)
    return finder


def find(actor: Actor, query: str) -> list[Hits]:
    """What every finder finds for `query`, empty groups left out."""
    found = [finder(actor, query) for finder in _finders]
    return [hits for hits in found if hits and hits.items]

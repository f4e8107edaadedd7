"""How many members organisations have: counted by a higher app, asked for by this one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Headcount:
    """Members of one organisation with all below it.

    The three denominators differ: probationary members attend and do not vote, members away
    or ill may be excused.
    """

    on_roll: int = 0
    full: int = 0
    probationary: int = 0
    expected: int = 0
    entitled: int = 0
    detail: Any = None  # what the app that counts knows besides, for panels of its own


Counter = Callable[[Sequence[str]], Mapping[str, Headcount]]
_counters: list[Counter] = []


def register(counter: Counter) -> Counter:
    """Sets who counts: given paths, it returns the count of each subtree. At most one query."""
    _counters[:] = [counter]
    return counter


def is_known() -> bool:
    """Whether somebody counts at all."""
    return bool(_counters)


def of(paths: Sequence[str]) -> Mapping[str, Headcount]:
    """Headcounts by path, in one query. Empty when nobody counts."""
    if not _counters or not paths:
        return {}
    return _counters[0](paths)


_READ = "_headcount"


def keep(organization: Any, counts: Mapping[str, Headcount]) -> None:
    """Notes on the object what a page has read, for the panels beside it (`of_one`)."""
    organization.__dict__[_READ] = counts.get(organization.path)


def of_one(organization: Any) -> Headcount | None:
    """The headcount of one organisation: what the page has read, else one query."""
    if _READ not in organization.__dict__:
        keep(organization, of([organization.path]))
    found: Headcount | None = organization.__dict__[_READ]
    return found

"""What slices add to the one digest that a person gets on a working day.

The digest is one message a person and day. `actions/reminders.py` makes it out of duties and of
what the contributors say that are registered here. A slice never sends a digest of its own.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.actor import Actor
from core.periods import WorkCalendar


@dataclass(frozen=True, slots=True)
class Morning:
    """The day that digests are made for. `weekly` are users who are told today of everything that
    is near, not only of what is new to them: who wants a summary, on the week's first working day."""

    today: dt.date
    calendar: WorkCalendar
    weekly: Collection[int]


@dataclass(frozen=True, slots=True)
class Part:
    """What one contributor tells one person. `title` is its piece of the title, `lines` its lines
    below; `is_urgent` sends a mail also to who has turned mails off. `marks` come back to `told`."""

    title: str
    lines: tuple[str, ...]
    is_urgent: bool = False
    marks: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Contributor:
    """A slice that adds parts.

    `parts` gives user -> part, of those alone to whom something is new (or who are `weekly`), in a
    number of queries that does not depend on the rows. It runs in the transaction of the digest and
    locks what it speaks of, so that nobody is told of a row as it was.

    `told` is an action: it writes the marks of the parts that people were told now, so that the
    next `parts` leaves them out. A person who gets no digest now keeps his marks unwritten.
    """

    key: str
    parts: Callable[[Morning], Mapping[int, Part]]
    told: Callable[[Mapping[int, Part], Actor], object]


_contributors: dict[str, Contributor] = {}


def register(contributor: Contributor) -> Contributor:
    """Adds a contributor. Raises ValueError for a key that is taken."""
    if contributor.key in _contributors:
        raise ValueError(f"{contributor.key} is registered")
    _contributors[contributor.key] = contributor
    return contributor


def registered() -> Sequence[Contributor]:
    """All contributors, in the order of the apps."""
    return list(_contributors.values())

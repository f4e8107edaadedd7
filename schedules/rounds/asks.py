"""Who asks what of whom: the register of everything that organisations are asked for.

Each slice that asks for something registers a `Source`: what it asks for now (`Ask`, with number, basis,
minutes, expiry), what each month asked of each kind and class, and what was written, from which minutes
are estimated. Whoever shows or judges the burden reads here and knows no source by name.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.actor import Actor

from .item_kinds.efforts import Effort


@dataclass(frozen=True, slots=True)
class Group:
    """Organisations of one kind and class: all of them have the same to do."""

    kind: str
    organization_class: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """How long one time takes, and how many answers say so: none where the constant of its kind
    stands; `guessed` items of a form are counted by that though the others are not."""

    minutes: float
    answers: int = 0
    guessed: int = 0


@dataclass(frozen=True, slots=True)
class Reuse:
    """Something asked for though a figure says it already."""

    title: str
    label: str  # of the figure to use instead
    source: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that organisations are asked for. `times` is how often this year, None where cases
    ask for it. `groups` says how many organisations of which kind and class. What is counted
    together under one line (`together`) has no title of its own; one that names people has none for
    who may not see it."""

    source: str
    key: str
    title: str
    by: str
    is_of_zone: bool
    minutes: Minutes
    groups: Mapping[Group, int]
    number: str = ""
    basis: str = ""
    expires_on: dt.date | None = None
    times: int | None = 1
    url: str = ""
    reuses: Sequence[Reuse] = field(default_factory=tuple)
    together: int = 0

    @property
    def organizations(self) -> int:
        """How many are asked."""
        return sum(self.groups.values())

    @property
    def hours(self) -> float:
        """Of all of them, this year."""
        return self.minutes.minutes * (self.times or 0) * self.organizations / 60


@dataclass(frozen=True, slots=True)
class Total:
    """What a month asked of all organisations of a group together."""

    minutes: float
    times: int


Totals = Mapping[tuple[Group, str], Total]


@dataclass(frozen=True, slots=True)
class Source:
    """A slice that asks for something. `asks` is what it asks for now, as the actor may see it;
    `totals` what these months asked of each group; `written` what was answered since a day, by what
    it answered (`subject` of an estimate), one by one. Each in a fixed number of queries."""

    key: str
    label: str  # 计划和表样
    nouns: Mapping[str, str]  # what one is called, by the beginning of its key: 表样
    asks: Callable[[Actor, int], Sequence[Ask]]
    totals: Callable[[Sequence[str]], Totals]
    written: Callable[[dt.date], Iterable[tuple[Sequence[str], Effort]]]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Adds a source, or puts another in the place of one."""
    _sources[source.key] = source


def all_asks(actor: Actor, year: int) -> list[Ask]:
    """What all sources ask for now, as the actor may see it. Queries of the sources."""
    return [one for source in _sources.values() for one in source.asks(actor, year)]


def registered() -> list[Source]:
    """All sources, in the order in which they came."""
    return list(_sources.values())

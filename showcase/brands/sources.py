"""Where a bright spot is told of already: a registry. Reports, meetings and projects are registered by this
slice itself; projects as the records that they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.actor import Actor
from orgs.models import Organization

Reference = tuple[str, str]
"""Kind and key of a record."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that the actor may open: whose it is, what it is called, where it stands; `title` and
    `text` are what a new highlight begins with."""

    reference: Reference
    organization_id: int
    label: str
    url: str
    title: str = ""
    text: str = ""

    @property
    def word(self) -> str:
        """The reference as forms and addresses carry it."""
        return ":".join(self.reference)


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of records. `find` gives the one that the actor may open; `offer` the latest of an
    organisation. A query each."""

    key: str
    label: str
    find: Callable[[Actor, str], Found | None]
    offer: Callable[[Actor, Organization], Sequence[Found]]


_sources: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Adds a kind. Raises ValueError for a key that is taken."""
    if source.key in _sources:
        raise ValueError(f"the source {source.key} is registered already")
    _sources[source.key] = source
    return source


def find(actor: Actor, reference: Reference) -> Found | None:
    """The record, if the actor may open it. A query."""
    source = _sources.get(reference[0])
    return source.find(actor, reference[1]) if source is not None else None


def offered(actor: Actor, place: Organization) -> list[tuple[str, Sequence[Found]]]:
    """The latest records of the organisation, by kind. A query for each kind."""
    return [(one.label, rows) for one in _sources.values() if (rows := one.offer(actor, place))]


def reference_of(word: str) -> Reference | None:
    """What a form or an address refers to; None for anything else."""
    kind, _, key = word.partition(":")
    return (kind, key) if kind in _sources and 0 < len(key) <= 40 else None

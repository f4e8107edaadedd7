"""What items come from, and where they come up again: the register of sources.

Each slice that lets items be born registers its kind here, when the apps are loaded; items keep the
kind and the id, and the words as they were. A new source needs no change of the engine.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from core.actor import Actor

from .models import ActionLine


def _nothing(actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    return {}


def _nobody(lines: Collection[ActionLine], by: Actor) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of thing that items come from.

    `label` is what pages call the kind. `addresses` gives, of the ids, those that the actor may
    open, each with its address: in a fixed number of queries, whatever their number. `done` is told
    of lines of its lists that have been marked as done, in the transaction that marks them. `sheet`
    is what the page of such a list is called where its lines are planned all at once; empty where
    there is no such page.
    """

    key: str
    label: str
    addresses: Callable[[Actor, Collection[int]], Mapping[int, str]] = _nothing
    done: Callable[[Collection[ActionLine], Actor], None] = _nobody
    sheet: str = ""


_sources: dict[str, Source] = {}

BY_HAND = "by_hand"


def register(source: Source) -> Source:
    """Adds a source. Raises ValueError for a key that is taken."""
    if source.key in _sources:
        raise ValueError(f"{source.key} is registered")
    _sources[source.key] = source
    return source


def registered() -> Mapping[str, Source]:
    """All sources by key, in the order of the apps."""
    return _sources


def tell_done(lines: Collection[ActionLine], by: Actor) -> None:
    """Tells each source of those of the lines, with their items, whose list came from it. No query
    of its own."""
    for kind in sorted({line.item.source_kind for line in lines}):
        if kind in _sources:
            _sources[kind].done([one for one in lines if one.item.source_kind == kind], by)


def choices() -> list[tuple[str, str]]:
    """Key and label of each source, for filters."""
    return [(source.key, source.label) for source in _sources.values()]


register(Source(BY_HAND, "直接交办"))

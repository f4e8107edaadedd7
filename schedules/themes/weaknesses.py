"""Weak points that are no figures, such as the indicators of an assessment that lost points: a registry that
higher apps fill, so that whatever is new in theirs is found without a change here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core.actor import Actor
from orgs.models import Organization


@dataclass(frozen=True, slots=True)
class Weakness:
    """One of them: what it is called and where it was seen (2026年上半年考核), which share was lost as a
    number and as its own page writes it, how many of how many lost something, and that page's address.
    `figures` are the keys of what a theme could move; none where people give the mark alone."""

    key: str
    name: str
    seen_in: str
    lost: Fraction
    said: str
    short: int
    of: int
    url: str
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where weak points of a holder's organisations come from.

    `mark` tells the account that holds now from any before, if the actor may see all of it; empty
    where there is none or he may not. `read` gives it, with its mark, for whoever stores it. Both say
    in how many queries.
    """

    key: str
    mark: Callable[[Actor, Organization], str]
    read: Callable[[Organization], tuple[str, Sequence[Weakness]]]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Registers a source. Raises ValueError for a key that is taken."""
    if source.key in _sources:
        raise ValueError(f"the source {source.key} is registered already")
    _sources[source.key] = source


def sources() -> Mapping[str, Source]:
    """All registered sources by key."""
    return _sources


def stored(holder: Organization) -> dict[str, Any]:
    """What there is to be said of the holder now, as it is stored. Queries of the sources."""
    found = {}
    for key, source in _sources.items():
        mark, rows = source.read(holder)
        found[key] = {"mark": mark, "rows": [_packed(one) for one in rows]}
    return found


def seen_by(
    actor: Actor, holder: Organization, kept: Mapping[str, Any]
) -> list[tuple[str, Weakness]]:
    """Source and weak point, of all that the actor may see, from what was stored; what has changed since
    is read anew, so that it never tells an old number. Queries of the marks, as a rule no more."""
    found: list[tuple[str, Weakness]] = []
    for key, source in _sources.items():
        mark = source.mark(actor, holder)
        if not mark:
            continue
        there = kept.get(key)
        if there is not None and there["mark"] == mark:
            found += ((key, one) for one in _unpacked(there["rows"]))
        else:
            _, rows = source.read(holder)
            found += ((key, one) for one in rows)
    return found


def _packed(one: Weakness) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "seen_in": one.seen_in,
        "lost": [one.lost.numerator, one.lost.denominator],
        "said": one.said,
        "short": one.short,
        "of": one.of,
        "url": one.url,
        "figures": list(one.figures),
    }


def _unpacked(rows: Iterable[Mapping[str, Any]]) -> list[Weakness]:
    return [
        Weakness(**{**row, "lost": Fraction(*row["lost"]), "figures": tuple(row["figures"])})
        for row in rows
    ]

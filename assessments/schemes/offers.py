"""What higher apps offer to whoever writes a draft: pages that it leads to, and facts of the past on
which an indicator is tried at once. They fill these registries; this app names none of theirs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.actor import Actor

from .models import SchemeVersion


@dataclass(frozen=True, slots=True)
class Case:
    """What one organisation brings to an indicator: the facts of each of its rules, and what was read
    for them (`value`, `of_value`, `items`). Without facts it could not be told, or (`is_empty`) there
    was nothing of which a share could be taken."""

    name: str
    facts: Sequence[Mapping[str, Any]] = ()
    read: Sequence[Mapping[str, Any]] = ()
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class Cases:
    """Real cases of one past period."""

    period: str
    cases: Sequence[Case]


Links = Callable[[Actor, SchemeVersion], Sequence[tuple[str, str]]]
Finder = Callable[[Actor, SchemeVersion, Mapping[str, Any]], Cases | None]
_links: list[Links] = []
_finders: list[Finder] = []


def register_links(links: Links) -> Links:
    """Adds (words, address) for a version; only what the actor may open."""
    _links.append(links)
    return links


def register_cases(finder: Finder) -> Finder:
    """Adds who knows facts of the past for an indicator as it is being written (a node of the
    content); only of organisations whose facts the actor may see."""
    _finders.append(finder)
    return finder


def links_of(actor: Actor, version: SchemeVersion) -> list[tuple[str, str]]:
    """All that is offered for the version, in the order of the apps."""
    return [line for links in _links for line in links(actor, version)]


def cases_of(actor: Actor, version: SchemeVersion, node: Mapping[str, Any]) -> Cases | None:
    """The cases of whoever has some; None where nobody has."""
    found = (finder(actor, version, node) for finder in _finders)
    return next((one for one in found if one is not None), None)

"""What higher apps add to a cycle: what speaks against a step, which indicators others mark, and where
its page leads. They fill these registries; this app names none of theirs."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from core.actor import Actor

from .models import Assessed, Cycle

Step = Literal["review", "submit"]


@dataclass(frozen=True, slots=True)
class Link:
    """Where a page leads: words, address, and how far it is there (12 / 18 家已报). `is_step`: what
    the actor has to do there next, shown as the page's button."""

    words: str
    url: str
    note: str = ""
    is_step: bool = False


Against = Callable[[Cycle, Step], Sequence[str]]
Claim = Callable[[Cycle, str], Collection[int]]
Links = Callable[[Actor, Cycle], Sequence[Link]]
LinksOfList = Callable[[Actor], Sequence[Link]]
LinksOfAssessed = Callable[[Actor, Assessed], Sequence[Link]]
_against: list[Against] = []
_claims: list[Claim] = []
_links: list[Links] = []
_of_assessed: list[LinksOfAssessed] = []
_of_list: list[LinksOfList] = []


def register_against(against: Against) -> Against:
    """Adds who may hold something against a step of a cycle, each in a sentence that says what to do
    first. Asked within the act, the row of the cycle being held."""
    _against.append(against)
    return against


def register_claim(claim: Claim) -> Claim:
    """Adds who marks an indicator himself: gives the assessed (pks) of whom it is not marked for
    others. One query."""
    _claims.append(claim)
    return claim


def register_links(links: Links) -> Links:
    """Adds pages that the page of a cycle leads to; only what the actor may open. A query or two."""
    _links.append(links)
    return links


def register_links_of_assessed(links: LinksOfAssessed) -> LinksOfAssessed:
    """The same for the page of a score."""
    _of_assessed.append(links)
    return links


def register_links_of_list(links: LinksOfList) -> LinksOfList:
    """The same for the list of cycles: what there is to read beside them. A query."""
    _of_list.append(links)
    return links


def against(cycle: Cycle, step: Step) -> list[str]:
    """All that speaks against the step."""
    return [said for one in _against for said in one(cycle, step)]


def claimed(cycle: Cycle, indicator: str) -> set[int]:
    """The assessed whose mark of the indicator others give."""
    return {pk for claim in _claims for pk in claim(cycle, indicator)}


def links_of(actor: Actor, cycle: Cycle) -> list[Link]:
    """All that the page of the cycle leads to, in the order of the apps."""
    return [link for links in _links for link in links(actor, cycle)]


def links_of_assessed(actor: Actor, assessed: Assessed) -> list[Link]:
    """All that the page of a score leads to."""
    return [link for links in _of_assessed for link in links(actor, assessed)]


def links_of_list(actor: Actor) -> list[Link]:
    """All that the list of cycles leads to beside them."""
    return [link for links in _of_list for link in links(actor)]

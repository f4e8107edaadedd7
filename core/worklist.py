"""What a person has to do: a registry that the apps fill and the home page reads."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .actor import Actor


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing to do. `order` sorts: smaller is more urgent."""

    title: str
    text: str
    url: str
    button: str
    due_on: dt.date | None = None
    days_left: int | None = None
    lead: str = ""  # shown instead of the day count, such as 退回
    lead_note: str = ""
    tone: str = ""  # bad, warn or empty
    minutes: int = 0
    order: tuple[int, int] = (5, 0)
    is_primary: bool = False
    # due: to be done; drafts: prepared by the portal, waiting to be looked at; coming: its time has
    # not come; closed: can no longer be done by the person himself, and is not to be forgotten
    group: str = "due"


@dataclass(frozen=True, slots=True)
class SideCard:
    """A quiet card beside the list: figures or a sentence about the person's organisation."""

    title: str
    rows: tuple[tuple[str, str], ...] = ()
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class OtherWork:
    """What waits for the person in another of his roles: the grant to act in, and what there is."""

    grant_id: int
    label: str
    text: str


@dataclass(slots=True)
class Worklist:
    """All that one person's home shows."""

    items: list[WorkItem] = field(default_factory=list)
    cards: list[SideCard] = field(default_factory=list)
    done_count: int = 0


# What waits in the person's other roles, given his grants; and where somebody's home is who has
# nothing to do and much to read.
Elsewhere = Callable[[Actor, Sequence[Any]], list[OtherWork]]
Front = Callable[[Actor], str]
_elsewhere: list[Elsewhere] = []
_fronts: list[Front] = []
Provider = Callable[[Actor, Worklist], None]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Adds a provider: it is given the actor and the list to add to. Order is that of apps."""
    _providers.append(provider)
    return provider


def register_elsewhere(provider: Elsewhere) -> Elsewhere:
    """Adds a provider of what waits in the person's other roles."""
    _elsewhere.append(provider)
    return provider


def register_front(front: Front) -> Front:
    """Adds a front: it names the page that is the actor's home, or nothing."""
    _fronts.append(front)
    return front


def elsewhere(actor: Actor, grants: Sequence[Any]) -> list[OtherWork]:
    """What waits for the person in his other roles; nothing is asked for who has one alone."""
    others = [grant for grant in grants if grant.pk != actor.grant_id]
    if not others:
        return []
    return [one for provider in _elsewhere for one in provider(actor, others)]


def front_of(actor: Actor) -> str:
    """The page that is the actor's home instead of the list; empty for most."""
    return next((address for front in _fronts if (address := front(actor))), "")


def collect(actor: Actor) -> Worklist:
    """The person's work list, most urgent first."""
    worklist = Worklist()
    for provider in _providers:
        provider(actor, worklist)
    worklist.items.sort(key=lambda item: item.order)
    return worklist

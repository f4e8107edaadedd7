"""What a person has to do: a registry that the apps fill and the home page reads."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

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
    group: str = "due"  # due: to be done; drafts: prepared by the portal, waiting to be looked at


@dataclass(frozen=True, slots=True)
class SideCard:
    """A quiet card beside the list: figures or a sentence about the person's organisation."""

    title: str
    rows: tuple[tuple[str, str], ...] = ()
    text: str = ""
    url: str = ""


@dataclass(slots=True)
class Worklist:
    """All that one person's home shows."""

    items: list[WorkItem] = field(default_factory=list)
    cards: list[SideCard] = field(default_factory=list)
    done_count: int = 0


Provider = Callable[[Actor, Worklist], None]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Adds a provider: it is given the actor and the list to add to. Order is that of apps."""
    _providers.append(provider)
    return provider


def collect(actor: Actor) -> Worklist:
    """The person's work list, most urgent first."""
    worklist = Worklist()
    for provider in _providers:
        provider(actor, worklist)
    worklist.items.sort(key=lambda item: item.order)
    return worklist

"""What a list of items is narrowed by, in the names of its address: of the board, its sheet, its
printed page and the API alike."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet

from core.actor import Actor
from core.text import clean, whole_number
from orgs.models import Organization

from ..models import ActionItem
from . import boards
from .boards import Moment, Order, Showing, Tab


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is chosen above a list."""

    tab: Tab = Tab.ALL
    state: Showing = Showing.RECENT
    source: str = ""
    organization: int | None = None
    order: Order = Order.WORST
    q: str = ""

    @property
    def address(self) -> dict[str, str]:
        """The parameters that lead here again."""
        return {name: str(value) for name, value in asdict(self).items() if value}


def narrowing_of(given: Mapping[str, Any], *, state: Showing = Showing.RECENT) -> Narrowing:
    """What an address asks for; what it cannot mean is left out, and without a state it is the one
    given here."""

    def one_of(name: str, kind: Any, otherwise: Any) -> Any:
        value = given.get(name)
        return kind(value) if value in {one.value for one in kind} else otherwise

    return Narrowing(
        tab=one_of("tab", Tab, Tab.ALL),
        state=one_of("state", Showing, state),
        source=str(given.get("source") or "")[:20],
        organization=whole_number(str(given.get("organization") or "")) or None,
        order=one_of("order", Order, Order.WORST),
        q=clean(str(given.get("q") or ""))[:50],
    )


def narrowed(actor: Actor, asked: Narrowing, at: Moment) -> QuerySet[ActionItem]:
    """The items that the actor sees and the address asks for, parts in the place of a whole, in
    order. No query, one where an organisation is named."""
    place = None
    if asked.organization is not None:
        place = Organization.objects.filter(pk=asked.organization).first()
        if place is None:
            return ActionItem.objects.none()
    rows = boards.board(actor, asked.tab, at, place=place, source=asked.source, words=asked.q)
    shown = rows.counted().filter(boards.showing_of(asked.state, at))
    return boards.ordered(shown, asked.order, at)

"""Which items a list shows: a tab of the board, narrowed by what somebody chose."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from core import clock
from core.actor import Actor
from core.text import whole_number
from orgs.access import in_scope
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission
from schedules.rounds.queries.calendar import load

from ..enums import UNDER_WAY, ActionState
from ..models import ActionItem
from ..models.item import ActionItemQuerySet
from ..rules import number_in, overdue_line

ALL, MINE, VERIFY, ISSUED, LOOK = "all", "mine", "verify", "issued", "look"
TABS = (ALL, MINE, VERIFY, ISSUED, LOOK)
OPEN, OVERDUE = "open", "overdue"
STATES = (OPEN, OVERDUE, *ActionState.values)
URGENT = "urgent"
ORDERS: dict[str, tuple[Any, ...]] = {
    URGENT: ("stage", F("due_on").asc(nulls_last=True), "-year", "-serial", "part", "pk"),
    "number": ("-year", "-serial", "part", "pk"),
    "due": (F("due_on").asc(nulls_last=True), "pk"),
    "owner": ("owner__path", "-year", "-serial", "part", "pk"),
}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is chosen above a list, in the names of its address; empty is everything."""

    tab: str = ALL
    state: str = ""
    source: str = ""
    committee: int | None = None
    order: str = URGENT
    q: str = ""

    @property
    def address(self) -> dict[str, str]:
        """The parameters that lead here again."""
        return {name: str(value) for name, value in asdict(self).items() if value}


def narrowing_of(given: Mapping[str, Any]) -> Narrowing:
    """What an address asks for; what it cannot mean is left out."""

    def one_of(name: str, known: Any, otherwise: str = "") -> str:
        value = str(given.get(name) or "")
        return value if value in known else otherwise

    return Narrowing(
        tab=one_of("tab", TABS, ALL),
        state=one_of("state", STATES),
        source=str(given.get("source") or "")[:20],
        committee=whole_number(str(given.get("committee") or "")) or None,
        order=one_of("order", ORDERS, URGENT),
        q=str(given.get("q") or "").strip()[:100],
    )


def narrowed(actor: Actor, asked: Narrowing) -> QuerySet[ActionItem]:
    """The items that the actor sees and the address asks for, parts in the place of a whole, in
    order. No query, three for what is overdue."""
    rows = _TABS[asked.tab](ActionItem.objects.visible_to(actor), actor, clock.today()).counted()
    if asked.state == OPEN:
        rows = rows.under_way()
    elif asked.state == OVERDUE:
        rows = rows.overdue(overdue_line(clock.today(), load()))
    elif asked.state:
        rows = rows.filter(state=asked.state)
    if asked.source:
        rows = rows.filter(source_kind=asked.source)
    if asked.committee is not None:
        path = Organization.objects.filter(pk=asked.committee).values_list("path", flat=True)
        rows = rows.filter(below(path[0], "owner__")) if path else rows.none()
    if asked.q:
        rows = rows.filter(_words(asked.q))
    return rows.annotate(stage=_STAGE).order_by(*ORDERS[asked.order])


# What still has to be done stands before what waits for others, and that before what is over.
_STAGE = Case(
    When(state__in=[ActionState.ISSUED, ActionState.DOING], then=Value(0)),
    When(state__in=UNDER_WAY, then=Value(1)),
    When(state=ActionState.DRAFT, then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)


def _words(q: str) -> Q:
    found = Q(title__icontains=q) | Q(demand__icontains=q) | Q(source_label__icontains=q)
    year, serial = number_in(q)
    if serial:
        found |= Q(serial=serial, year=year) if year else Q(serial=serial)
    return found


def _all(rows: ActionItemQuerySet, actor: Actor, today: dt.date) -> ActionItemQuerySet:
    return rows


def _mine(rows: ActionItemQuerySet, actor: Actor, today: dt.date) -> ActionItemQuerySet:
    return rows.filter(owner=actor.organization_id or 0).exclude(issued_at=None)


def _to_verify(rows: ActionItemQuerySet, actor: Actor, today: dt.date) -> ActionItemQuerySet:
    mine = in_scope(actor, Permission.ACTION_VERIFY, "issuer")
    return rows.filter(mine, state=ActionState.REPORTED).exclude(reported_by_id__in=actor.persons)


def _issued(rows: ActionItemQuerySet, actor: Actor, today: dt.date) -> ActionItemQuerySet:
    return rows.filter(issuer=actor.organization_id or 0)


def _to_look_at(rows: ActionItemQuerySet, actor: Actor, today: dt.date) -> ActionItemQuerySet:
    mine = in_scope(actor, Permission.ACTION_VERIFY, "issuer")
    return rows.filter(mine).to_look_at(today)


_TABS: dict[str, Callable[[ActionItemQuerySet, Actor, dt.date], ActionItemQuerySet]] = {
    ALL: _all,
    MINE: _mine,
    VERIFY: _to_verify,
    ISSUED: _issued,
    LOOK: _to_look_at,
}

"""Work orders of the city's hotline: what a sheet would add to the concerns, and adding it.

A number that is there already is left as it is, so that the same sheet again changes nothing. What
names nobody below who could deal with it waits to be assigned (待分派).
"""

import datetime as dt
from pathlib import Path

from django.utils import timezone

from core import clock, importing
from core.actor import Actor
from core.importing import Change, Comparison, Progress
from core.tabular.parsed import ParsedSheet
from core.text import match_key
from orgs.access import actor_from_grant
from orgs.models import Organization
from orgs.permissions import Permission
from orgs.queries.organizations import known_names

from .actions import concerns
from .actions.concerns import Told
from .enums import ConcernSource
from .models import ConcernImport
from .queries.listing import kinds_used, orders_known
from .sheets import OrderRow, read_orders

Parsed = ParsedSheet[OrderRow]


def parse(path: Path, file_name: str, actor: Actor) -> Parsed:
    """The sheet's rows, with the organisations that the actor sees to name. Raises SheetRefused. One
    query."""
    now = timezone.make_naive(clock.now())
    return read_orders(path, known_names(actor), name=file_name, now=now)


def compare(parsed: Parsed, actor: Actor, progress: Progress) -> Comparison:
    """Sorts the rows into new and known; writes nothing."""
    _, comparison = _plan(parsed, actor)
    progress(1, 1)
    return comparison


def write(parsed: Parsed, actor: Actor) -> Comparison:
    """Takes in what is new, compared once more while the intake is held."""
    # Two sheets of the same orders wait for each other: numbers are the zone's, so its root is held.
    Organization.objects.select_for_update(of=("self",), no_key=True).filter(parent=None).first()
    orders, comparison = _plan(parsed, actor)
    if orders:
        intake = Organization.objects.get(pk=actor.organization_id or 0)
        concerns.take_orders(orders=orders, intake=intake, by=actor)
    return comparison


def _plan(
    parsed: Parsed, actor: Actor
) -> tuple[list[tuple[Told, Organization | None]], Comparison]:
    """A fixed number of queries for any number of rows."""
    known = orders_known(row.number for row in parsed.rows)
    kinds = {match_key(one.name): one for one in kinds_used()}
    wanted = {row.organization for row in parsed.rows if row.organization}
    places = {one.pk: one for one in Organization.objects.filter(pk__in=wanted)}
    orders: list[tuple[Told, Organization | None]] = []
    preview = []
    for row in parsed.rows:
        if row.number in known:
            continue
        place = places.get(row.organization or 0)
        if place is not None and not actor.may_at(Permission.CONCERN_ASSIGN, place.path):
            place = None
        told = Told(
            text=row.text,
            source=ConcernSource.HOTLINE,
            kind=kinds.get(match_key(row.kind)),
            urgency=row.urgency,
            place=row.place,
            person=row.person,
            phone=row.phone,
            received_at=_aware(row.received),
            due_at=_aware(row.due),
            order_number=row.number,
        )
        orders.append((told, place))
        label = f"{row.number}（{place or '待分派'}）"
        preview.append(Change(row=row.row, sheet=row.sheet, label=label, kind="new"))
    unchanged = len(parsed.rows) - len(orders)
    return orders, Comparison(new=len(orders), unchanged=unchanged, preview=preview)


def _aware(moment: dt.datetime | None) -> dt.datetime | None:
    return timezone.make_aware(moment) if moment else None


IMPORTER: importing.Importer[OrderRow] = importing.Importer(
    model=ConcernImport, parse=parse, compare=compare, write=write, actor=actor_from_grant
)

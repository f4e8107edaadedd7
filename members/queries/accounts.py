"""The movements of one organisation in a period, with the people and places they are about."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from core.actor import Actor
from core.figures import Trees, Window
from orgs.models import Organization

from ..enums import MovementKind
from ..models import Member
from . import movements
from .movements import Step


@dataclass(frozen=True, slots=True)
class Entry:
    """A step as the organisation sees it."""

    step: Step
    kind: MovementKind
    is_late: bool


@dataclass(frozen=True, slots=True)
class Account:
    """Movements in the order of days, since the day after `opened_on`."""

    opened_on: dt.date
    rows: list[Entry]


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One movement in words. `is_here`: he belongs to the actor's scope and can be opened."""

    member_id: int
    name: str
    is_here: bool
    kind: MovementKind
    day: dt.date
    source: str
    target: str
    reason: str
    is_late: bool


def account(place: Organization, window: Window, trees: Trees) -> Account:
    """What moved the number of the organisation with all below it. Six queries, less what
    `trees` knows already."""
    opening = window.opening
    path = trees.places(window.closing, [place.pk]).get(place.pk, "")
    if not path:
        return Account(opening.day, [])
    ground = movements.ground_of(opening, window.closing, [path], trees)
    found = movements.steps(opening, window.closing, ground, ground.near([path]))
    then = ground.then([path]).get(path, "")
    rows = [
        Entry(step, kind, step.is_late)
        for step in found
        if (kind := step.kind_at(path, then)) is not None
    ]
    return Account(opening.day, rows)


def account_rows(actor: Actor, entries: Iterable[Entry]) -> list[AccountRow]:
    """The movements as a page shows them. Two queries."""
    shown = list(entries)
    people = (
        Member.objects.filter(pk__in={one.step.member_id for one in shown})
        .select_related("organization")
        .only("name", "organization__path")
        .in_bulk()
    )
    ids = {pk for one in shown for pk in (one.step.source, one.step.target) if pk}
    places = Organization.objects.in_bulk(ids)
    return [
        AccountRow(
            member_id=one.step.member_id,
            name=people[one.step.member_id].name,
            is_here=actor.covers(people[one.step.member_id].organization.path),
            kind=one.kind,
            day=one.step.day,
            source=_name(places, one.step.source),
            target=_name(places, one.step.target),
            reason=one.step.reason,
            is_late=one.is_late,
        )
        for one in shown
    ]


def _name(places: dict[int, Organization], pk: int | None) -> str:
    return str(places[pk]) if pk in places else ""

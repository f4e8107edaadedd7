"""Concerns as lists show them, and how many wait for whom."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, Q, QuerySet, When

from core.actor import Actor
from orgs.access import in_scope
from orgs.enums import BRANCH_KINDS, OrganizationKind
from orgs.models import Organization
from orgs.models.organization import below, paths_above
from orgs.permissions import Permission as P
from schedules.action_items.models import ActionItem

from ..enums import OPEN, ConcernSource, ConcernState
from ..models import Concern, ConcernKind


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed by."""

    state: str = ""
    source: str = ""
    kind: int | None = None
    words: str = ""


_GIVE_NOTHING_OUT = (*BRANCH_KINDS, OrganizationKind.PARTY_GROUP)
OVERDUE = "overdue"
UNDER_WAY = "open"


def narrowed(actor: Actor, asked: Asked, now: dt.datetime) -> QuerySet[Concern]:
    """Those that the actor sees and asks for; what is still to be answered first, the soonest due
    before the others. No query."""
    rows = Concern.objects.visible_to(actor).select_related("organization", "intake", "kind")
    if asked.state == OVERDUE:
        rows = rows.overdue(now)
    elif asked.state == UNDER_WAY:
        rows = rows.filter(state__in=OPEN)
    elif asked.state:
        rows = rows.filter(state=asked.state)
    if asked.source:
        rows = rows.filter(source=asked.source)
    if asked.kind is not None:
        rows = rows.filter(kind_id=asked.kind)
    if asked.words:
        wanted = Q(text__icontains=asked.words) | Q(order_number__icontains=asked.words)
        wanted |= Q(place__icontains=asked.words) | Q(filing__number=_digits(asked.words))
        rows = rows.filter(wanted)
    still = Case(When(state__in=OPEN, then="due_at"))
    return rows.order_by(still.asc(nulls_last=True), "-received_at", "-pk")


def _digits(words: str) -> str:
    """The words as the number of a public form, which is written in two parts."""
    return words.replace(" ", "")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for the actor."""

    to_assign: int = 0
    to_answer: int = 0
    overdue: int = 0
    to_call: int = 0
    unverified: int = 0


def waiting_for(actor: Actor, now: dt.datetime) -> Waiting:
    """What the actor's own organisation has to assign or answer, and what he may call back. One query,
    none for whom nothing can wait."""
    if not actor.organization_id or not actor.may(P.CONCERN_TAKE):
        return Waiting()
    own = Q(organization_id=actor.organization_id)
    wanted = own
    to_call = Q(pk__in=[])
    if actor.may(P.CONCERN_ASSIGN):
        to_call = in_scope(actor, P.CONCERN_ASSIGN) & Q(state=ConcernState.ANSWERED)
        to_call &= ~Q(answered_by_id__in=actor.persons)
        wanted |= to_call
    found = Concern.objects.filter(wanted).aggregate(
        to_assign=Count("pk", filter=own & Q(state=ConcernState.WAITING)),
        to_answer=Count("pk", filter=own & Q(state=ConcernState.DOING)),
        overdue=Count("pk", filter=own & Q(state__in=OPEN, due_at__lt=now)),
        to_call=Count("pk", filter=to_call),
        unverified=Count(
            "pk", filter=own & Q(state=ConcernState.WAITING, source=ConcernSource.PUBLIC)
        ),
    )
    return Waiting(**found)


def places_below(place: Organization) -> QuerySet[Organization]:
    """Who can be given a concern by who works for `place`."""
    return Organization.objects.active().filter(below(place.path)).order_by("path")


def committee_above(place: Organization) -> Organization | None:
    """The nearest organisation above that can give out what comes to it; none above the top. One query,
    none for the top."""
    above = paths_above(place.path)
    if not above:
        return None
    rows = Organization.objects.active().filter(path__in=above)
    return rows.exclude(kind__in=_GIVE_NOTHING_OUT).order_by("-path").first()


def kinds_used() -> QuerySet[ConcernKind]:
    """Categories that can be chosen."""
    return ConcernKind.objects.filter(is_used=True)


def items_of(actor: Actor, concern: Concern, kind: str) -> QuerySet[ActionItem]:
    """Items that were made of it and that the actor sees. One query."""
    return ActionItem.objects.visible_to(actor).filter(source_kind=kind, source_id=concern.pk)


def open_addresses(actor: Actor, ids: Iterable[int]) -> dict[int, str]:
    """Addresses of those of the ids that the actor may read. One query."""
    rows = Concern.objects.visible_to(actor).filter(pk__in=list(ids)).only("uid")
    return {row.pk: row.get_absolute_url() for row in rows}


def orders_known(numbers: Iterable[str]) -> set[str]:
    """Those of the numbers of work orders that are there already. One query."""
    rows = Concern.objects.filter(order_number__in=list(numbers))
    return set(rows.values_list("order_number", flat=True))


def called(actor: Actor, words: str, limit: int = 8) -> list[Concern]:
    """Those with the words in what was said, or with the number of the work order. One query."""
    wanted = Q(text__icontains=words) | Q(order_number__icontains=words)
    wanted |= Q(filing__number=_digits(words))
    return list(Concern.objects.visible_to(actor).filter(wanted)[:limit])

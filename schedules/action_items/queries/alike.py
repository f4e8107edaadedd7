"""Items alike: by category, cause and place within 24 months. Likeness of text only suggests."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from core import clock, periods
from core.actor import Actor
from orgs.enums import OrganizationKind
from orgs.models import Organization
from orgs.models.organization import below

from ..enums import UNDER_WAY, ActionState, Look, Shape
from ..models import ActionItem
from ..models.item import ActionItemQuerySet
from ..rules import ALIKE_FROM, ALIKE_WITHIN_MONTHS, likeness

CANDIDATES = 5000  # compared by their titles


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one category and cause within the months. `repeats` are those beyond the first of an
    organisation, `relapses` those found to have come back."""

    category: str
    cause: str
    items: int
    organizations: int
    repeats: int
    relapses: int
    under_way: int


@dataclass(frozen=True, slots=True)
class InPlace:
    """How many of a group stand under one committee."""

    place: Organization
    items: int
    organizations: int
    repeats: int


@dataclass(frozen=True, slots=True)
class Alike:
    """An earlier item that is like another, and in what."""

    item: ActionItem
    is_same_owner: bool
    is_same_place: bool
    is_same_category: bool
    is_same_cause: bool
    score: int


def since(today: dt.date | None = None) -> dt.date:
    """The first day of the months that are looked at."""
    month = periods.containing(today or clock.today(), "month")
    return periods.first_day(periods.shift(month, -ALIKE_WITHIN_MONTHS))


def known(actor: Actor) -> ActionItemQuerySet:
    """What is compared: items given out within the months that the actor sees, by their parts."""
    rows = ActionItem.objects.visible_to(actor).counted().exclude(issued_at=None)
    return rows.exclude(state=ActionState.CANCELLED).filter(issued_at__date__gte=since())


def groups(actor: Actor) -> list[Group]:
    """All groups, those of most organisations first. One query."""
    found = (
        known(actor)
        .values("category", "cause")
        .annotate(
            count=Count("pk"),
            places=Count("owner", distinct=True),
            relapsed=Count("pk", filter=Q(look=Look.RELAPSED)),
            running=Count("pk", filter=Q(state__in=UNDER_WAY)),
        )
        .order_by("-places", "-count", "category", "cause")
    )
    return [
        Group(
            category=row["category"],
            cause=row["cause"],
            items=row["count"],
            organizations=row["places"],
            repeats=row["count"] - row["places"],
            relapses=row["relapsed"],
            under_way=row["running"],
        )
        for row in found
    ]


def of_group(
    actor: Actor, category: str, cause: str, place: Organization | None = None
) -> ActionItemQuerySet:
    """The items of a group, at and below `place` where one is given: under way first, then by
    place. No query."""
    rows = known(actor).filter(category=category, cause=cause)
    if place is not None:
        rows = rows.filter(below(place.path, "owner__"))
    return rows.select_related("owner", "issuer").order_by(
        "verified_at", "owner__path", "-issued_at", "pk"
    )


def in_places(actor: Actor, category: str, cause: str) -> list[InPlace]:
    """How the group is spread over committees, most organisations first. Two queries."""
    rows = known(actor).filter(category=category, cause=cause)
    places = _committees()
    owners: dict[str, list[int]] = defaultdict(list)
    for owner, path in rows.values_list("owner", "owner__path"):
        owners[_place(path, places)].append(owner)
    found = [
        InPlace(places[path], len(ids), len(set(ids)), len(ids) - len(set(ids)))
        for path, ids in owners.items()
        if path
    ]
    return sorted(found, key=lambda one: (-one.organizations, -one.items, one.place.path))


def can_be_gathered(actor: Actor, ids: Iterable[int]) -> ActionItemQuerySet:
    """Of these, what could become one item: under way, in none yet, and not one for many."""
    rows = ActionItem.objects.visible_to(actor).under_way().counted()
    rows = rows.filter(parent=None, pk__in=list(ids))
    return rows.select_related("owner", "issuer").order_by("owner__path", "pk")


def before(actor: Actor, item: ActionItem, limit: int = 5) -> list[Alike]:
    """Earlier items that are like this one: of its category at its place, or with a title that
    reads alike; the same organisation's first, then the nearest. Three queries, two where nothing
    is alike."""
    rows = known(actor).exclude(pk=item.pk)
    if item.parent_id:
        rows = rows.exclude(parent=item.parent_id)
    if item.shape == Shape.SHARED:
        rows = rows.exclude(parent=item.pk)
    if item.issued_at is not None:
        earlier = Q(issued_at__lt=item.issued_at) | Q(issued_at=item.issued_at, pk__lt=item.pk)
        rows = rows.filter(earlier)
    places = _committees()
    own_place = _place(item.owner.path, places)
    found = []
    for pk, title, category, cause, owner, path in rows.order_by("-issued_at", "-pk").values_list(
        "pk", "title", "category", "cause", "owner", "owner__path"
    )[:CANDIDATES]:
        same_category, same_cause = category == item.category, cause == item.cause
        same_place = bool(own_place) and _place(path, places) == own_place
        score = likeness(item.title, title)
        if not (same_category and same_place) and score < ALIKE_FROM:
            continue
        same_owner = owner == item.owner_id
        marks = (same_owner, same_place, same_category, same_cause, score)
        rank = (same_owner, same_place and same_category, same_cause, score)
        found.append((rank, pk, marks))
    found.sort(key=lambda one: one[0], reverse=True)
    nearest = found[:limit]
    if not nearest:
        return []
    items = ActionItem.objects.select_related("owner").in_bulk([pk for _, pk, _ in nearest])
    return [Alike(items[pk], *marks) for _, pk, marks in nearest if pk in items]


def scores(item: ActionItem, others: Sequence[ActionItem]) -> dict[int, int]:
    """How alike the titles of the others read. No query."""
    return {one.pk: likeness(item.title, one.title) for one in others}


def _committees() -> dict[str, Organization]:
    """Direct committees by path. One query."""
    rows = Organization.objects.filter(kind=OrganizationKind.DIRECT_COMMITTEE)
    return {one.path: one for one in rows}


def _place(path: str, places: dict[str, Organization]) -> str:
    """The direct committee that an organisation stands under; empty above them."""
    step = len(next(iter(places), path))
    if path[:step] in places:
        return path[:step]
    return next((one for one in places if path.startswith(one)), "")

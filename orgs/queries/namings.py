"""Reads of what people are named for, and of what they keep out of."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from core import clock
from core.actor import Actor

from .. import relations
from ..models import NamedRight, Organization, User
from ..models.naming import ALWAYS, NamedRightQuerySet
from ..permissions import Permission


def is_named(user: User) -> bool:
    """Whether something that names the person may be in force today. No query."""
    return user.named_until is not None and user.named_until > clock.today()


def named_until(people: Collection[int]) -> dict[int, dt.date]:
    """Person -> the day before which something is in force that names him: what stands in his
    `named_until`. Who is named for nothing is left out. One query."""
    rows = NamedRight.objects.filter(user__in=people).not_over()
    found: dict[int, dt.date] = {}
    for user_id, end in rows.values_list("user_id", "valid_to"):
        found[user_id] = max(found.get(user_id, dt.date.min), end or ALWAYS)
    return found


def of_people(people: Collection[User]) -> QuerySet[NamedRight]:
    """What names the people today, with the organisations."""
    rows = NamedRight.objects.current().filter(user__in=[one.pk for one in people])
    # A person of whom somebody else has to be kept: see NamedRightQuerySet.giving.
    rows = rows.filter(Q(is_recusal=True) | Q(pk__in=rows.giving().values("pk")))
    return rows.select_related("organization").order_by("pk")


def here(organization: Organization) -> NamedRightQuerySet:
    """What names people at the organisation itself, in force or to come, with the people."""
    rows = NamedRight.objects.filter(organization=organization).not_over()
    return rows.select_related("user").order_by("is_recusal", "user__name", "pk")


def own_recusal(actor: Actor, relation: str, organization_id: int) -> NamedRight | None:
    """What the person himself keeps out of at the organisation, so that he can take it back. One
    query; none for whom nothing is taken."""
    if not actor.recused:
        return None
    rows = NamedRight.objects.current().taking()
    return rows.filter(
        user_id=actor.user_id or 0,
        named_by_id=actor.user_id or 0,
        relation=relation,
        organization_id=organization_id,
        subject_kind="",
    ).first()


@dataclass(slots=True)
class ByName:
    """Who is named for something at an organisation, and who keeps out of it."""

    given: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)


def by_name(permission: Permission, organizations: Iterable[Organization]) -> Mapping[int, ByName]:
    """Organisation id -> the people named for `permission` there, and those recused from it. One
    query."""
    places = {one.pk: one for one in organizations}
    paths = {path for one in places.values() for path in (*one.ancestor_paths(), one.path)}
    rows = NamedRight.objects.current().filter(subject_kind="", organization__path__in=paths)
    found: dict[int, ByName] = defaultdict(ByName)
    wanted = rows.giving().filter(relation__in=relations.giving(permission)) | rows.taking().filter(
        relation__in=relations.taking(permission)
    )
    for path, below, is_recusal, user_id in wanted.values_list(
        "organization__path", "includes_below", "is_recusal", "user_id"
    ):
        for one in places.values():
            if one.path == path or (below and one.path.startswith(path)):
                (found[one.pk].taken if is_recusal else found[one.pk].given).add(user_id)
    return found

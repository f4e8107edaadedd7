"""The public form and what came by it: where residents are, what was raised already, one by its number."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from core.text import match_key
from orgs.enums import COMMITTEE_KINDS, OrganizationClass
from orgs.models import Organization
from orgs.models.organization import below, paths_above

from ..enums import ConcernState
from ..models import Concern, Filing, OtherBody, PublicForm
from ..models.intake import ONLY
from ..rules import ALIKE_DAYS, ALIKE_MOST, ALIKE_WORDS, words_of

STREETS = (OrganizationClass.STREET, OrganizationClass.TOWN)
PLACES = (*STREETS, OrganizationClass.VILLAGE, OrganizationClass.COMMUNITY)


def public_form() -> PublicForm:
    """The form as the office keeps it; one that was never kept is off. One query."""
    return PublicForm.objects.filter(pk=ONLY).first() or PublicForm(pk=ONLY)


def open_form() -> PublicForm | None:
    """The form while it is on. One query."""
    return PublicForm.objects.filter(pk=ONLY, is_on=True).first()


def places() -> list[Organization]:
    """Streets and towns, each with the villages and communities below it, in the order of the tree;
    what stands below a village is a part of it. One query."""
    rows = Organization.objects.active().filter(organization_class__in=PLACES)
    found: list[Organization] = []
    above: set[str] = set()
    for row in rows.order_by("path"):
        if row.organization_class not in STREETS:
            if above & set(paths_above(row.path)):
                continue
            above.add(row.path)
        elif not row.is_committee:
            continue
        found.append(row)
    return found


def taking(place: Organization | None) -> Organization | None:
    """The office that takes in what was raised there: the nearest committee, of no place the zone's.
    One query."""
    rows = Organization.objects.active()
    if place is None:
        return rows.filter(parent=None).order_by("path").first()
    paths = [*paths_above(place.path), place.path]
    found = rows.filter(path__in=paths, kind__in=COMMITTEE_KINDS, depth__lte=2)
    return found.order_by("-depth").first()


def subjects(text: str, words: str) -> list[str]:
    """Which of the office's subject words a resident wrote. Only by these are concerns compared, so that
    nobody finds out by trying whether a name or a household stands in another's words."""
    key = match_key(text)
    return [word for word in words_of(words) if match_key(word) in key][:ALIKE_WORDS]


def alike(found: Iterable[str], community: Organization | None, now: dt.datetime) -> list[Concern]:
    """What was raised of the same subjects lately, there or (no community) anywhere, the newest first;
    closed ones too. One query, none without subjects."""
    wanted = Q()
    for word in found:
        wanted |= Q(text__icontains=word)
    if not wanted:
        return []
    rows = Concern.objects.filter(wanted, received_at__gte=now - dt.timedelta(days=ALIKE_DAYS))
    rows = rows.exclude(state=ConcernState.DROPPED)
    if community is not None:
        rows = rows.filter(Q(filing__community=community) | below(community.path, "organization__"))
    rows = rows.select_related("kind", "organization", "filing__community")
    return list(rows.order_by("-received_at", "-pk")[:ALIKE_MOST])


def other_bodies(text: str) -> list[OtherBody]:
    """Whom a matter belongs to, by the words of the office. One query."""
    key = match_key(text)
    return [
        body
        for body in OtherBody.objects.filter(is_used=True)
        if any(match_key(word) in key for word in words_of(body.words))
    ]


def bodies() -> QuerySet[OtherBody]:
    """All of them, for the office."""
    return OtherBody.objects.all()


def is_emergency(text: str, words: str) -> bool:
    """Whether a resident wrote one of the office's words of emergencies."""
    key = match_key(text)
    return any(match_key(word) in key for word in words_of(words))


def filed(number: str) -> Filing | None:
    """What came under the number, with its concern. One query."""
    rows = Filing.objects.select_related("concern__kind", "concern__organization", "community")
    return rows.filter(number=number).first()


def filing_of(concern: Concern) -> Filing | None:
    """How a concern came by the public form. One query; none for what came otherwise."""
    if concern.source != "public":
        return None
    return Filing.objects.select_related("community").filter(concern=concern).first()

"""Whom somebody may let act for him without asking above."""

from collections import defaultdict
from collections.abc import Iterable

from ..models import DeputyRequest, OfficeHolding, Organization, RoleGrant, User
from ..models.organization import below


def committee_of(organization: Organization) -> Organization:
    """The committee that the organisation is or belongs to; the top of the tree where there is
    none between. One query."""
    paths = [*organization.ancestor_paths(), organization.path]
    above = list(Organization.objects.filter(path__in=paths).order_by("-path"))
    return next((one for one in above if one.is_committee), above[-1])


def works_under(user: User, path: str) -> bool:
    """Whether somebody holds a role of his own or an office at or under `path` today. At most two
    queries."""
    at = below(path, "organization__")
    own = RoleGrant.objects.current().filter(at, user=user, deputy_for=None)
    return own.exists() or OfficeHolding.objects.current().filter(at, user=user).exists()


def places_of(requests: Iterable[DeputyRequest]) -> dict[int, list[str]]:
    """Account of a deputy -> what he is himself, as words: where he works and as what. Two
    queries."""
    users = {asked.user_id for asked in requests}
    grants = RoleGrant.objects.current().filter(user__in=users, deputy_for=None)
    found: dict[int, list[str]] = defaultdict(list)
    for grant in grants.select_related("organization").order_by("organization__path", "pk"):
        found[grant.user_id].append(f"{grant.organization} {grant.label}")
    offices = OfficeHolding.objects.current().filter(user__in=users)
    for office in offices.select_related("organization").order_by("organization__path", "pk"):
        if office.user_id is not None:
            found[office.user_id].append(f"{office.organization} {office.get_post_display()}")
    return dict(found)

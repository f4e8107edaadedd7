"""Who can be asked to judge, and who must not."""

from collections.abc import Collection
from dataclasses import dataclass

from orgs.models import OfficeHolding, Organization, RoleGrant
from orgs.models.organization import below
from orgs.roles import Reviewer

from ..models import Panel, PanelSeat


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be named, with where he works."""

    user_id: int
    name: str
    unit: str
    path: str  # of the unit
    username: str


def candidates(organization: Organization, judged: Organization) -> list[Candidate]:
    """The staff of who arranges the panel and of the organisations above it, themselves and not for
    others, without those who belong to the judged. Three queries."""
    paths = [*organization.ancestor_paths(), organization.path]
    grants = (
        RoleGrant.objects.current()
        .filter(deputy_for=None, user__admin_kind="", organization__path__in=paths)
        .select_related("user", "organization")
        .order_by("organization__path", "user__name", "user_id")
    )
    found = {
        one.user_id: Candidate(
            one.user_id,
            one.user.name,
            str(one.organization),
            one.organization.path,
            one.user.username,
        )
        for one in grants  # the last is the lowest place
    }
    out = barred(found, judged)
    return sorted(
        (one for one in found.values() if one.user_id not in out),
        key=lambda one: (-len(one.path), one.path, one.name, one.user_id),
    )


def barred(people: Collection[int], judged: Organization) -> set[int]:
    """Those of the people who hold a role or a post today in the judged organisation or below it.
    Two queries."""
    if not people:
        return set()
    there = below(judged.path, "organization__")
    # Who is there as 考核组成员 does not belong to it.
    grants = RoleGrant.objects.current().exclude(role=Reviewer.key)
    offices = OfficeHolding.objects.current()
    return {
        pk
        for rows in (grants, offices)
        for pk in rows.filter(there, user__in=list(people)).values_list("user_id", flat=True)
        if pk is not None
    }


def seated(panel: Panel) -> dict[int, PanelSeat]:
    """Person -> seat, of all who were ever named for the panel. One query."""
    return {one.user_id: one for one in PanelSeat.objects.filter(panel=panel)}

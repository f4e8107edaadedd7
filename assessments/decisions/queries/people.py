"""Who answers for the assessed, and who may check a result again."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from assessments.cycles.models import Assessed, HandMark
from assessments.reviews.queries.conflicts import conflicts
from assessments.reviews.queries.people import scorers_of
from orgs.models import RoleGrant
from orgs.permissions import Permission
from orgs.roles import WORK_ROLES, Reviewer, holding


def answering(organizations: Iterable[int]) -> dict[int, list[int]]:
    """Organisation -> users who answer for it in an assessment, by a grant there. One query."""
    return _holding(Permission.ASSESSMENT_ANSWER, organizations)


def carrying_on(organizations: Iterable[int]) -> dict[int, list[int]]:
    """Organisation -> users who carry on the cycles that it holds, by a grant there. One query."""
    return _holding(Permission.ASSESSMENT_RUN, organizations)


def deciding(organizations: Iterable[int]) -> dict[int, list[int]]:
    """Organisation -> users who decide on the cycles that it holds, by a grant there. One query."""
    return _holding(Permission.ASSESSMENT_DECIDE, organizations)


def _holding(permission: Permission, organizations: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    grants = RoleGrant.objects.current().filter(
        role__in=holding(permission), organization__in=list(organizations)
    )
    for organization, user in (
        grants.order_by("organization_id", "user_id")
        .values_list("organization_id", "user_id")
        .distinct()
    ):
        found.setdefault(organization, []).append(user)
    return found


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may check a result again, with where he belongs."""

    user_id: int
    name: str
    unit: str


def candidates(assessed: Assessed) -> list[Candidate]:
    """Who may check the result of one of the assessed again: people with work at the organisation
    that holds the cycle and reviewers within it, none who marked it, and none with a conflict. Six
    queries."""
    holder = assessed.cycle.organization
    at = Q(organization=holder) | Q(role=Reviewer.key, organization__path__startswith=holder.path)
    grants = (
        RoleGrant.objects.current()
        .filter(at, role__in=list(WORK_ROLES), deputy_for=None, user__is_active=True)
        .select_related("user", "organization")
        .order_by("user__name", "user_id")
    )
    people = {grant.user_id: grant for grant in grants}
    marked = scorers_of(assessed)
    names = set(HandMark.objects.filter(assessed=assessed).values_list("by_name", flat=True))
    against = {user for user, _ in conflicts(list(people), [assessed])}
    return [
        Candidate(user, grant.user.name, str(grant.organization))
        for user, grant in people.items()
        if user not in marked and user not in against and grant.user.name not in names
    ]

"""Who answers for the assessed, and who may check a result again."""

from collections.abc import Iterable

from orgs.models import RoleGrant
from orgs.permissions import Permission
from orgs.roles import holding


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

"""Who is told about items."""

from collections import defaultdict
from collections.abc import Collection

from orgs.models import RoleGrant
from orgs.permissions import Permission
from orgs.roles import holding


def people_at(organization_ids: Collection[int], permission: Permission) -> dict[int, list[int]]:
    """Organisation id -> users who hold `permission` by a grant at the organisation itself. One
    query."""
    found: dict[int, list[int]] = defaultdict(list)
    for organization_id, user_id in (
        RoleGrant.objects.current()
        .filter(role__in=holding(permission), organization_id__in=set(organization_ids))
        .values_list("organization_id", "user_id")
        .order_by("organization_id", "user_id")
        .distinct()
    ):
        found[organization_id].append(user_id)
    return found

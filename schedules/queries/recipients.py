"""Who is to be reminded of what an organisation owes."""

from collections import defaultdict
from collections.abc import Iterable

from orgs.models import RoleGrant
from orgs.permissions import Permission
from orgs.roles import holding


def senders_of(organization_ids: Iterable[int]) -> dict[int, list[int]]:
    """Organisation id -> users who may send its report, by a grant at the organisation itself.

    One query.
    """
    people: dict[int, list[int]] = defaultdict(list)
    rows = (
        RoleGrant.objects.current()
        .filter(role__in=holding(Permission.REPORT_SEND), organization_id__in=set(organization_ids))
        .values_list("organization_id", "user_id")
        .distinct()
    )
    for organization_id, user_id in rows:
        people[organization_id].append(user_id)
    return people

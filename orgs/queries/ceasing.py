"""What still stands at an organisation that is to cease."""

from django.db.models import Q, QuerySet

from core import clock

from ..models import NamedRight, Organization, RoleGrant, User


def standing_at(organization: Organization) -> QuerySet[RoleGrant]:
    """Grants at the organisation itself that run today or later, with their people."""
    return (
        RoleGrant.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=clock.today()), organization=organization
        )
        .select_related("user", "organization")
        .order_by("pk")
    )


def held_namings(organization: Organization) -> list[NamedRight]:
    """Namings and recusals at the organisation itself that run today or later, with their people,
    locked: first the people, as whoever ends a single one does. Two queries."""
    rows = NamedRight.objects.filter(organization=organization).not_over().order_by("pk")
    people = User.objects.select_for_update().filter(pk__in=rows.order_by().values("user"))
    list(people.order_by("pk").values_list("pk"))
    return list(rows.select_for_update(of=("self",)).select_related("user", "organization"))

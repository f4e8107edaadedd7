"""What still stands at an organisation that is to cease."""

from django.db.models import Q, QuerySet

from core import clock

from ..models import Organization, RoleGrant


def standing_at(organization: Organization) -> QuerySet[RoleGrant]:
    """Grants at the organisation itself that run today or later, with their people."""
    return (
        RoleGrant.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=clock.today()), organization=organization
        )
        .select_related("user", "organization")
        .order_by("pk")
    )

"""Which parts of the tree bulk acts can be narrowed to."""

from core import clock

from ..enums import OrganizationKind
from ..models import Organization


def committee_places() -> list[Organization]:
    """The committees directly under the work committee, in the order of the tree. One query."""
    return list(
        Organization.objects.active(clock.today())
        .filter(kind=OrganizationKind.DIRECT_COMMITTEE)
        .order_by("path")
    )

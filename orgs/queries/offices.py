"""Who holds which post."""

from collections.abc import Iterable

from ..enums import Post
from ..models import OfficeHolding


def secretaries(organization_ids: Iterable[int]) -> dict[int, str]:
    """Organisation id -> name of its secretary. One query."""
    return dict(
        OfficeHolding.objects.current()
        .filter(post=Post.SECRETARY, organization_id__in=set(organization_ids))
        .values_list("organization_id", "person_name")
    )

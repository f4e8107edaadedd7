"""Who holds which post."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.crypto import salted_hmac

from ..enums import Post
from ..models import OfficeHolding, Organization, RoleGrant, User


def secretaries(organization_ids: Iterable[int]) -> dict[int, str]:
    """Organisation id -> name of its secretary. One query."""
    return dict(
        OfficeHolding.objects.current()
        .filter(post=Post.SECRETARY, organization_id__in=set(organization_ids))
        .values_list("organization_id", "person_name")
    )


def account_at(organization: Organization, name: str) -> User | None:
    """The one open account of that name which works at the organisation or holds an office there;
    None when there is none or more than one. One query."""
    grants = RoleGrant.objects.current().filter(organization=organization)
    held = OfficeHolding.objects.current().filter(organization=organization)
    found = User.objects.filter(
        Q(pk__in=grants.values("user")) | Q(pk__in=held.values("user")),
        name=name,
        is_active=True,
        admin_kind="",
    )[:2]
    return found[0] if len(found) == 1 else None


def mark_of(holding: OfficeHolding) -> str:
    """A mark of what can be corrected of an office, to see whether somebody changed it."""
    parts = (
        holding.post,
        holding.person_name,
        holding.started_on,
        holding.ended_on,
        holding.appointment,
        holding.document_number,
        holding.user_id,
    )
    return salted_hmac("orgs.offices.mark", "\0".join(map(str, parts))).hexdigest()[:32]

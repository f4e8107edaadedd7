"""Telling administrators of what one person did alone, or what is conspicuous."""

from core.notifications import Message, tell

from ..enums import AdminKind
from ..models import User


def tell_administrators(
    *kinds: AdminKind, key: str, title: str, body: str = "", url: str = "", about: str = ""
) -> int:
    """Tells every acting administrator of these kinds within the running action; returns how many
    messages were new: told again with the same `key`, nothing happens. Five queries."""
    people = User.objects.filter(is_active=True, admin_kind__in=kinds).order_by("pk")
    return tell(
        Message(user_id=pk, key=f"{key}:{pk}", title=title, body=body, url=url, about=about)
        for pk in people.values_list("pk", flat=True)
    )

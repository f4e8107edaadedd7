"""What the frame around every page shows."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, Count
from django.http import HttpRequest

from core import menu
from core.actor import Actor
from core.models import Notification
from core.prepared import Given, Prepared

# Where the frame itself leads, by the names that its templates use.
ADDRESSES = {
    "home": "core:home",
    "search": "core:search",
    "inbox": "core:inbox",
    "switch": "orgs:grant-switch",
    "profile": "orgs:profile",
    "password": "orgs:password-change",
    "sessions": "orgs:session-list",
    "tokens": "orgs:token-list",
    "logout": "orgs:logout",
}


@cache
def _addresses() -> Mapping[str, str]:
    return {key: menu.address(name) for key, name in ADDRESSES.items()}


def frame(request: HttpRequest) -> dict[str, Any]:
    """`frame`: acting role, grants, menu, phone tabs, unread messages. One query."""
    actor: Actor | None = getattr(request, "actor", None)
    common = {
        "zone_name": settings.PORTAL_NAME,
        "large_type": request.COOKIES.get("type") == "large",
        "is_demo": settings.DEMO,
        "urls": _addresses(),
    }
    if actor is None:
        return {"frame": {**common, "acting": None}}
    match = request.resolver_match
    shown = menu.shown(actor, match.view_name if match else "")
    return {
        "frame": {
            **common,
            "user_name": actor.name,
            "person": actor.user_id,
            "acting": {"organization": actor.organization_name, "role": actor.role_label},
            "grants": [
                {
                    "id": grant.pk,
                    "label": f"{grant.organization} · {grant.label}",
                    "is_current": grant.pk == actor.grant_id,
                }
                for grant in getattr(request, "grants", [])
            ],
            "menu": shown.groups,
            "tabs": shown.tabs,
            "parts": shown.parts,
            "unread": sum(_unread(user=actor.user_id or 0)),
        }
    }


# No row where there is nothing: the database counts by person.
_unread: Prepared[int] = Prepared(
    lambda: (
        Notification.objects.unread()
        .filter(user_id=Given("user", BigIntegerField()))
        .order_by()
        .values("user_id")
        .annotate(count=Count("pk"))
        .values_list("count", flat=True)
    )
)

"""What the frame around every page shows."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, Count
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from core.actor import Actor
from core.models import Notification
from core.prepared import Given, Prepared

from .permissions import Permission as P

# Groups of the left menu: label, URL name, permission (None: everybody who acts for a work role),
# and the beginnings of URL names under which the entry is marked.
MENU: list[list[tuple[str, str, P | None, tuple[str, ...]]]] = [
    [
        ("我的工作", "core:home", None, ("core:home", "core:inbox")),
        ("组织", "orgs:organization-list", P.ORGANIZATION_VIEW, ("orgs:organization",)),
        ("党员", "members:member-list", P.MEMBER_VIEW, ("members:",)),
    ],
    [
        (
            "月度调度",
            "schedules:report-matrix",
            P.REPORT_VIEW,
            ("schedules:report", "schedules:duty"),
        ),
        ("总览", "schedules:board", P.REPORT_VIEW, ("schedules:board",)),
    ],
    [
        (
            "计划与表样",
            "schedules:plan-list",
            P.PLAN_EDIT,
            ("schedules:plan", "schedules:definition"),
        ),
        ("工作日历", "schedules:calendar", P.CALENDAR_EDIT, ("schedules:calendar",)),
        ("账号", "orgs:user-list", P.ACCOUNT_MANAGE, ("orgs:user",)),
        ("授权", "orgs:grant-list", P.GRANT_MANAGE, ("orgs:grant",)),
        (
            "管理员任免",
            "orgs:administrator-list",
            P.ADMINISTRATOR_CONFIRM,
            ("orgs:administrator",),
        ),
        ("登录会话", "orgs:all-sessions", P.SESSION_MANAGE, ("orgs:all-sessions",)),
        ("访问令牌", "orgs:all-tokens", P.SESSION_MANAGE, ("orgs:all-tokens",)),
        ("后台事项", "orgs:job-list", P.JOB_MANAGE, ("orgs:job",)),
        ("审计记录", "orgs:audit-list", P.AUDIT_VIEW, ("orgs:audit",)),
    ],
]
TABS = ("core:home", "schedules:report-matrix", "orgs:organization-list", "members:member-list")


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
def _address(name: str) -> str:
    """The address of a menu entry, the same for everybody on every page; empty for a page that
    this installation has not."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@cache
def _addresses() -> Mapping[str, str]:
    return {key: _address(name) for key, name in ADDRESSES.items()}


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
    current = match.view_name if match else ""
    menu = []
    for group in MENU:
        entries = []
        for label, name, permission, marks in group:
            if permission is not None and not actor.may(permission):
                continue
            url = _address(name)
            if not url:
                continue
            entries.append(
                {"name": name, "label": label, "url": url, "is_current": current.startswith(marks)}
            )
        if entries:
            menu.append(entries)
    flat = {entry["name"]: entry for group in menu for entry in group}
    return {
        "frame": {
            **common,
            "user_name": actor.name,
            "acting": {"organization": actor.organization_name, "role": actor.role_label},
            "grants": [
                {
                    "id": grant.pk,
                    "label": f"{grant.organization} · {grant.label}",
                    "is_current": grant.pk == actor.grant_id,
                }
                for grant in getattr(request, "grants", [])
            ],
            "menu": menu,
            "tabs": _tabs(flat),
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


def _tabs(entries: Mapping[Any, Any]) -> list[Any]:
    """The phone's bottom bar: the four of everyday work, for administrators their own pages."""
    usual = [entries[name] for name in TABS if name in entries]
    return usual if len(usual) > 1 else list(entries.values())[:4]

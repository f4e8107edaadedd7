"""Session limits, and who acts."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import clock

from .access import actor_for_request
from .actions import accounts
from .models import PortalSession

GetResponse = Callable[[HttpRequest], HttpResponse]
# How often a session's last sight is written down; keeps reading pages from writing each time.
TOUCH = dt.timedelta(seconds=60)


class SessionLimitMiddleware:
    """Ends sessions that are idle or too old. Polling does not count as being there."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if user.is_authenticated and request.session.session_key:
            # Who is signed in was read from this row: no second query for it.
            row: PortalSession | None = getattr(request.session, "row", None)
            now = clock.now()
            idle = (
                settings.SESSION_IDLE_SECONDS_ADMIN
                if user.admin_kind
                else settings.SESSION_IDLE_SECONDS
            )
            if row is None or _is_over(row, now, idle):
                logout(request)
                if request.headers.get("X-Requested-With") == "fetch":
                    return HttpResponse("登录已过期", status=401)
            elif not request.headers.get("X-Portal-Poll") and _is_stale(row.seen_at, now):
                accounts.note_seen(session_key=request.session.session_key)
        return self.get_response(request)


def _is_stale(seen_at: dt.datetime | None, now: dt.datetime) -> bool:
    return seen_at is None or now - seen_at > TOUCH


def _is_over(row: PortalSession, now: dt.datetime, idle: int) -> bool:
    seen = row.seen_at or row.created_at
    return now - seen > dt.timedelta(seconds=idle) or now - row.created_at > dt.timedelta(
        seconds=settings.SESSION_ABSOLUTE_SECONDS
    )


class ActorMiddleware:
    """Puts `request.actor` and `request.grants`; leads to a new password where one is due."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        request.grants = []  # type: ignore[attr-defined]
        user: Any = request.user
        if user.is_authenticated:
            request.actor, request.grants = actor_for_request(request)  # type: ignore[attr-defined]
            if password_is_due(user):
                wanted = "orgs:slip-use" if user.proof_due else "orgs:password-change"
                allowed = {reverse(wanted), reverse("orgs:logout")}
                if request.path not in allowed and not request.path.startswith(
                    ("/static/", "/api/")
                ):
                    return redirect(wanted)
        return self.get_response(request)


def password_is_due(user: Any) -> bool:
    """Whether the person must choose a new password before anything else."""
    if user.must_change_password or user.proof_due:
        return True
    limit = settings.PASSWORD_MAX_AGE_DAYS
    changed = user.password_changed_at
    return bool(limit and changed and clock.now() - changed > dt.timedelta(days=limit))

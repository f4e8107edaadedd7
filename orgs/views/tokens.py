"""Access tokens and the calendar's address, on the person's own pages."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from core import acts, clock
from core.guards import signed_in
from core.http import PortalRequest

from ..actions import tokens
from ..forms.tokens import TokenForm
from ..models import AccessToken

SHOWN = 50


def _password_of(request: PortalRequest) -> dt.datetime | None:
    """When the password was set that this session was let in by."""
    user: Any = request.user
    changed: dt.datetime | None = user.password_changed_at
    return changed


@signed_in("GET", "HEAD")
def token_list(request: PortalRequest) -> HttpResponse:
    """The person's tokens, newest first, and whether his calendar has an address."""
    rows = (
        AccessToken.objects.visible_to(request.actor)
        .select_related("grant__organization")
        .order_by("-pk")
    )
    calendar = rows.filter(scope=AccessToken.Scope.CALENDAR, revoked_at=None).first()
    return render(
        request,
        "orgs/token_list.html",
        {
            "tokens": rows.exclude(scope=AccessToken.Scope.CALENDAR)[:SHOWN],
            "calendar": calendar,
            "now": clock.now(),
        },
    )


@signed_in("GET", "HEAD", "POST")
def token_create(request: PortalRequest) -> HttpResponse:
    """A new token, shown once."""
    if not request.grants:
        raise Http404  # administrators, and people without a grant, have nothing to act in
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: TokenForm(acts.typed(request), grants=request.grants),
        act=lambda attempt: tokens.create(
            by=request.actor,
            grant_id=int(attempt.given["grant"]),
            name=attempt.given["name"],
            scope=attempt.given["scope"],
            days=attempt.given["days"],
            password_of=_password_of(request),
            named_once=True,
        ),
        done=lambda attempt, made: render(request, "orgs/token_secret.html", {"made": made}),
        show=lambda attempt: attempt.page("orgs/token_create.html"),
    )


@signed_in("POST")
def token_revoke(request: PortalRequest, pk: int) -> HttpResponse:
    """Ends a token at once."""
    return acts.press(
        request,
        load=lambda: get_object_or_404(AccessToken.objects.visible_to(request.actor), pk=pk),
        act=lambda token: tokens.revoke(by=request.actor, token_id=token.pk),
        done=lambda token, nothing: acts.said(request, "已撤销，立即失效。", "orgs:token-list"),
    )


@signed_in("POST", page="orgs:token-list")
def calendar_renew(request: PortalRequest) -> HttpResponse:
    """A new secret address of the calendar, shown once."""
    if not request.grants:
        raise Http404

    def done(nothing: None, made: tokens.Made) -> HttpResponse:
        path = reverse("api:calendar-feed", args=[made.secret])
        address = f"{settings.PORTAL_URL.rstrip('/')}{path}"
        return render(request, "orgs/token_secret.html", {"made": made, "address": address})

    return acts.press(
        request,
        load=acts.no_subject,
        act=lambda nothing: tokens.renew_calendar(
            by=request.actor,
            seen=request.POST.get("seen"),
            password_of=_password_of(request),
        ),
        done=done,
    )

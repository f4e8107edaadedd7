"""Access tokens and the calendar's address, on the person's own pages."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import clock
from core.errors import DomainError
from core.guards import signed_in
from core.http import PortalRequest

from ..actions import tokens
from ..forms import refusals
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
    form = TokenForm(request.POST if request.method == "POST" else None, grants=request.grants)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = tokens.create(
                by=request.actor,
                grant_id=int(given["grant"]),
                name=given["name"],
                scope=given["scope"],
                days=given["days"],
                password_of=_password_of(request),
                named_once=True,
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return render(request, "orgs/token_secret.html", {"made": made})
    status = 422 if form.errors else 200
    return render(request, "orgs/token_create.html", {"form": form}, status=status)


@signed_in("POST")
def token_revoke(request: PortalRequest, pk: int) -> HttpResponse:
    """Ends a token at once."""
    token = AccessToken.objects.visible_to(request.actor).filter(pk=pk).first()
    if token is None:
        raise Http404
    tokens.revoke(by=request.actor, token_id=token.pk)
    messages.success(request, "已撤销，立即失效。")
    return redirect("orgs:token-list")


@signed_in("POST")
def calendar_renew(request: PortalRequest) -> HttpResponse:
    """A new secret address of the calendar, shown once."""
    if not request.grants:
        raise Http404
    made = tokens.renew_calendar(
        by=request.actor,
        seen=request.POST.get("seen"),
        password_of=_password_of(request),
    )
    path = reverse("api:calendar-feed", args=[made.secret])
    address = f"{settings.PORTAL_URL.rstrip('/')}{path}"
    return render(request, "orgs/token_secret.html", {"made": made, "address": address})

"""What a person sets for himself: how he is reminded, and who acts for him meanwhile."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core import clock
from core.errors import DomainError
from core.guards import signed_in
from core.http import PortalRequest

from ..actions import accounts, deputies
from ..forms import refusals
from ..forms.deputies import DeputyForm, PreferencesForm
from ..models import RoleGrant
from ..queries.accounts import colleagues

OWN = ("reminders_by_mail", "reminder_hour", "weekly_summary")


@signed_in("GET", "HEAD", "POST")
def preferences(request: PortalRequest) -> HttpResponse:
    """How reminders come; beside it the person's deputies."""
    user: Any = request.user
    form = PreferencesForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(user, name) for name in OWN},
    )
    if request.method == "POST" and form.is_valid():
        accounts.edit_own_reminders(by=request.actor, **form.cleaned_data)
        messages.success(request, "已保存。")
        return redirect("orgs:preferences")
    context = {
        "form": form,
        "email": user.email,
        "own": [grant for grant in request.grants if grant.deputy_for_id is None],
        "rights": RoleGrant.objects.deputies_named_by(user.pk),
        "today": clock.today(),
    }
    return render(request, "orgs/preferences.html", context, status=422 if form.errors else 200)


@signed_in("GET", "HEAD", "POST")
def deputy_create(request: PortalRequest, pk: int) -> HttpResponse:
    """Names a deputy for one of the person's own grants."""
    grant = next(
        (one for one in request.grants if one.pk == pk and one.deputy_for_id is None), None
    )
    if grant is None:
        raise Http404
    known = colleagues(grant)
    form = DeputyForm(
        request.POST if request.method == "POST" else None,
        initial={"first": clock.today()},
        known=known,
    )
    if request.method == "POST" and form.is_valid():
        try:
            right = deputies.name_deputy(by=request.actor, grant_id=pk, **form.cleaned_data)
        except DomainError as error:
            refusals.show(form, error)
        else:
            messages.success(request, f"已委托{right.user.name}代理。")
            return redirect("orgs:preferences")
    context = {"form": form, "grant": grant, "known": known}
    return render(request, "orgs/deputy_create.html", context, status=422 if form.errors else 200)


@signed_in("POST")
def deputy_end(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes a deputy's right back."""
    get_object_or_404(RoleGrant, pk=pk, deputy_for__user_id=request.actor.user_id)
    right = deputies.end_deputy(by=request.actor, right_id=pk)
    messages.success(request, f"{right.user.name}的代理已结束。")
    return redirect("orgs:preferences")

"""What a person sets for himself: how he is reminded, and who acts for him meanwhile."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from core import acts, clock
from core.guards import signed_in
from core.http import PortalRequest

from ..actions import accounts, deputies
from ..forms.deputies import DeputyForm, PreferencesForm
from ..models import RoleGrant
from ..queries.accounts import colleagues

OWN = ("reminders_by_mail", "reminder_hour", "weekly_summary")


@signed_in("GET", "HEAD", "POST")
def preferences(request: PortalRequest) -> HttpResponse:
    """How reminders come; beside it the person's deputies."""
    user: Any = request.user
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: PreferencesForm(
            acts.typed(request), initial={name: getattr(user, name) for name in OWN}
        ),
        act=lambda attempt: accounts.edit_own_reminders(by=request.actor, **attempt.given),
        done=lambda attempt, nothing: acts.said(request, "已保存。", "orgs:preferences"),
        show=lambda attempt: attempt.page(
            "orgs/preferences.html",
            email=user.email,
            own=[grant for grant in request.grants if grant.deputy_for_id is None],
            rights=RoleGrant.objects.deputies_named_by(user.pk),
            today=clock.today(),
        ),
    )


@signed_in("GET", "HEAD", "POST")
def deputy_create(request: PortalRequest, pk: int) -> HttpResponse:
    """Names a deputy for one of the person's own grants."""
    grant = next(
        (one for one in request.grants if one.pk == pk and one.deputy_for_id is None), None
    )
    if grant is None:
        raise Http404
    known = colleagues(grant)
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: DeputyForm(
            acts.typed(request), initial={"first": clock.today()}, known=known
        ),
        act=lambda attempt: deputies.name_deputy(by=request.actor, grant_id=pk, **attempt.given),
        done=lambda attempt, right: acts.said(
            request, f"已委托{right.user.name}代理。", "orgs:preferences"
        ),
        show=lambda attempt: attempt.page("orgs/deputy_create.html", grant=grant, known=known),
    )


@signed_in("POST", page="orgs:preferences")
def deputy_end(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes a deputy's right back."""
    return acts.press(
        request,
        load=lambda: get_object_or_404(RoleGrant, pk=pk, deputy_for__user_id=request.actor.user_id),
        act=lambda right: deputies.end_deputy(by=request.actor, right_id=pk),
        done=lambda right, ended: acts.said(
            request, f"{ended.user.name}的代理已结束。", "orgs:preferences"
        ),
    )

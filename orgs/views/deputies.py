"""What a person sets for himself: how he is reminded, and who acts for him meanwhile."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from core import acts, clock
from core.guards import needs, signed_in
from core.http import PortalRequest
from core.paging import Pager

from ..actions import accounts, deputies
from ..forms.deputies import DeputyForm, PreferencesForm
from ..models import DeputyRequest, RoleGrant
from ..permissions import Permission as P
from ..queries.accounts import colleagues
from ..queries.deputies import places_of

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
            asked=DeputyRequest.objects.waiting()
            .filter(grant__user=user)
            .select_related("user", "grant__organization")
            .order_by("first", "pk"),
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
        done=lambda attempt, made: acts.said(request, _named(made), "orgs:preferences"),
        show=lambda attempt: attempt.page("orgs/deputy_create.html", grant=grant, known=known),
    )


def _named(made: RoleGrant | DeputyRequest) -> str:
    if isinstance(made, RoleGrant):
        return f"已委托{made.user.name}代理。"
    return f"{made.user.name}不在本党委，已提请上级确认，同意后才开始代理。"


@signed_in("POST", page="orgs:preferences")
def deputy_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes back what waits for a level above."""
    return acts.press(
        request,
        load=lambda: get_object_or_404(DeputyRequest, pk=pk, grant__user=request.actor.user_id),
        act=lambda asked: deputies.withdraw_deputy(by=request.actor, request_id=pk),
        done=lambda asked, done: acts.said(request, "已撤回。", "orgs:preferences"),
    )


@needs(P.ORGANIZATION_EDIT, methods=("GET", "HEAD"))
def deputy_requests(request: PortalRequest) -> HttpResponse:
    """Deputies from outside the committee below whom the person may let act."""
    rows = (
        DeputyRequest.objects.to_decide(request.actor)
        .waiting()
        .select_related("user", "grant__organization", "grant__user")
        .order_by("first", "pk")
    )
    page = Pager(rows, 20).get_page(request.GET.get("page"))
    places = places_of(page)
    shown = [{"asked": one, "places": places.get(one.user_id, [])} for one in page]
    return render(request, "orgs/deputy_requests.html", {"page": page, "rows": shown})


@needs(P.ORGANIZATION_EDIT, methods=("POST",))
def deputy_confirm(request: PortalRequest, pk: int) -> HttpResponse:
    """Lets the deputy act."""
    return acts.press(
        request,
        load=lambda: _to_decide(request, pk),
        act=lambda asked: deputies.confirm_deputy(by=request.actor, request_id=pk),
        done=lambda asked, right: acts.said(
            request,
            f"已同意{right.user.name}代理{right.organization} {right.role_class.label}。",
            "orgs:deputy-requests",
        ),
    )


@needs(P.ORGANIZATION_EDIT, methods=("POST",))
def deputy_refuse(request: PortalRequest, pk: int) -> HttpResponse:
    """Does not let the deputy act."""
    return acts.press(
        request,
        load=lambda: _to_decide(request, pk),
        act=lambda asked: deputies.refuse_deputy(by=request.actor, request_id=pk),
        done=lambda asked, done: acts.said(request, "已答复不同意。", "orgs:deputy-requests"),
    )


def _to_decide(request: PortalRequest, pk: int) -> DeputyRequest:
    return get_object_or_404(DeputyRequest.objects.to_decide(request.actor), pk=pk)


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

"""The security administrator's pages: who acts where, and as what."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core import clock
from core.errors import DomainError
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager

from ..actions import grants
from ..forms import refusals
from ..forms.accounts import ReasonForm
from ..forms.grants import GrantFilter, GrantForm, GrantSearch
from ..models import Organization, RoleGrant, User
from ..permissions import Permission as P
from ..queries import accounts as queries
from ..roles import WORK_ROLES
from .administration import FORM, MATCHES, READ


@needs(P.GRANT_MANAGE, methods=READ)
def grant_list(request: PortalRequest) -> HttpResponse:
    """Grants by person, role, organisation and state; those in force unless asked otherwise."""
    form = GrantFilter(request.GET)
    chosen = dict(form.cleaned_data) if form.is_valid() else {}
    chosen["state"] = chosen.get("state") or "current"
    page = Pager(queries.grants(**chosen), 20).get_page(request.GET.get("page"))
    return render(
        request,
        "orgs/grant_list.html",
        {"filter": form, "page": page, "today": clock.today(), "me": request.actor.user_id},
    )


@needs(P.GRANT_MANAGE, methods=FORM)
def grant_create(request: PortalRequest) -> HttpResponse:
    """Find person and organisation, choose, give. The search stays in the address."""
    search = GrantSearch(request.GET or None)
    people, organizations = _found(search)
    role = request.GET.get("role", "")
    form = GrantForm(
        request.POST if request.method == "POST" else None,
        initial={"role": role},
        people=people,
        organizations=organizations,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            grants.give(
                by=request.actor,
                user_id=data["user"].pk,
                role=data["role"],
                organization_id=data["organization"].pk,
                valid_from=data["valid_from"],
                valid_to=data["valid_to"],
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            messages.success(request, f"已授权：{data['user'].name}，{data['organization']}。")
            return redirect("orgs:grant-list")
    context = {
        "search": search,
        "form": form,
        "people": people,
        "organizations": organizations,
        "limit": MATCHES,
    }
    return render(request, "orgs/grant_create.html", context, status=422 if form.errors else 200)


def _found(search: GrantSearch) -> tuple[list[User], list[Organization]]:
    if not search.is_bound or not search.is_valid():
        return [], []
    wanted = search.cleaned_data
    people = queries.matching_users(wanted["person"]).filter(is_active=True, admin_kind="")
    organizations = queries.matching_organizations(wanted["organization"]).filter(
        kind__in=WORK_ROLES[wanted["role"]].kinds
    )
    return list(people[:MATCHES]), list(organizations[:MATCHES])


@needs(P.GRANT_MANAGE, methods=FORM)
def grant_end(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes a grant back, with the reason."""
    grant = get_object_or_404(RoleGrant.objects.select_related("user", "organization"), pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        grants.end(by=request.actor, grant_id=pk, **form.cleaned_data)
        messages.success(request, f"{grant.user.name}的授权已结束。")
        return redirect("orgs:grant-list")
    return render(
        request,
        "orgs/grant_end.html",
        {"form": form, "grant": grant},
        status=422 if form.errors else 200,
    )

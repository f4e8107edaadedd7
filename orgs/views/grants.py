"""The security administrator's pages: who acts where, and as what."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager

from ..actions import grants
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

    def act(attempt: acts.Attempt[None, GrantForm]) -> RoleGrant:
        data = attempt.given
        return grants.give(
            by=request.actor,
            user_id=data["user"].pk,
            role=data["role"],
            organization_id=data["organization"].pk,
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
        )

    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: GrantForm(
            acts.typed(request),
            initial={"role": role},
            people=people,
            organizations=organizations,
        ),
        act=act,
        done=lambda attempt, grant: acts.said(
            request,
            f"已授权：{attempt.given['user'].name}，{attempt.given['organization']}。",
            "orgs:grant-list",
        ),
        show=lambda attempt: attempt.page(
            "orgs/grant_create.html",
            search=search,
            people=people,
            organizations=organizations,
            limit=MATCHES,
        ),
    )


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
    rows = RoleGrant.objects.select_related("user", "organization")
    return acts.perform(
        request,
        load=lambda: get_object_or_404(rows, pk=pk),
        form=lambda grant: ReasonForm(acts.typed(request)),
        act=lambda attempt: grants.end(by=request.actor, grant_id=pk, **attempt.given),
        done=lambda attempt, nothing: acts.said(
            request, f"{attempt.subject.user.name}的授权已结束。", "orgs:grant-list"
        ),
        show=lambda attempt: attempt.page("orgs/grant_end.html", grant=attempt.subject),
    )

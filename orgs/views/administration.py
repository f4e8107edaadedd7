"""The system administrator's accounts, the administrators themselves, everybody's sessions and
tokens."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from core.errors import DomainError
from core.guards import needs
from core.http import PortalRequest
from core.identity import mask_phone
from core.paging import Pager

from ..actions import accounts, administrators, tokens
from ..forms import refusals
from ..forms.accounts import (
    PersonSearch,
    ProposalForm,
    ReasonForm,
    SessionFilter,
    UserFilter,
    UserForm,
)
from ..models import AccessToken, AdministratorProposal, User
from ..permissions import Permission as P
from ..queries.accounts import (
    live_sessions,
    live_tokens,
    mark_of,
    matching_users,
    password_mark,
    phone_of,
    session_digest,
    session_of,
)

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
MATCHES = 20


@needs(P.ACCOUNT_MANAGE, methods=READ)
def user_list(request: PortalRequest) -> HttpResponse:
    """All accounts, by name or login name and by state."""
    form = UserFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    users = _in_state(matching_users(chosen.get("q", "")), chosen.get("state", ""))
    page = Pager(users, 20).get_page(request.GET.get("page"))
    rows = [{"person": user, "phone": mask_phone(phone_of(user))} for user in page]
    return render(request, "orgs/user_list.html", {"filter": form, "page": page, "rows": rows})


def _in_state(users: QuerySet[User], state: str) -> QuerySet[User]:
    if state == "active":
        return users.filter(is_active=True)
    if state == "waiting":
        return users.filter(is_active=True, must_change_password=True)
    if state == "disabled":
        return users.filter(is_active=False)
    return users


@needs(P.ACCOUNT_MANAGE, methods=FORM)
def user_create(request: PortalRequest) -> HttpResponse:
    """Opens an account. The answer shows its one-time secret, this once."""
    form = UserForm(request.POST if request.method == "POST" else None, is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            made = accounts.create_user(by=request.actor, **form.cleaned_data)
        except DomainError as error:
            refusals.show(form, error)
        else:
            # No redirect: the secret is kept nowhere, not even for one more request.
            return render(request, "orgs/user_secret.html", {"made": made, "is_new": True})
    return render(
        request, "orgs/user_create.html", {"form": form}, status=422 if form.errors else 200
    )


@needs(P.ACCOUNT_MANAGE, methods=FORM)
def user_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Corrects an account's name, phone and e-mail; leads to reset, shutting and opening."""
    person = get_object_or_404(User, pk=pk)
    initial = {"name": person.name, "phone": phone_of(person), "email": person.email}
    form = UserForm(
        request.POST if request.method == "POST" else None, initial=initial, is_new=False
    )
    status = 200
    differences: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            accounts.edit_user(
                by=request.actor, user_id=pk, seen=request.POST.get("seen"), **form.cleaned_data
            )
        except DomainError as error:
            refusals.show(form, error)
            if error.code == "stale":
                status = error.status
                person = User.objects.get(pk=pk)
                differences = _differences(form, person)
        else:
            messages.success(request, "已保存。")
            return redirect("orgs:user-edit", pk=pk)
    if form.errors and status == 200:
        status = 422
    context = {
        "form": form,
        "person": person,
        "differences": differences,
        "seen": mark_of(person),
        "password_mark": password_mark(person),
        "sessions": live_sessions().filter(user=pk).count(),
        "tokens": live_tokens().filter(user=pk).count(),
    }
    return render(request, "orgs/user_edit.html", context, status=status)


def _differences(form: UserForm, person: User) -> list[tuple[str, str, str]]:
    """Label, what is stored now, what was typed; only where they differ."""
    stored = {"name": person.name, "phone": phone_of(person), "email": person.email}
    return [
        (str(form.fields[name].label), now, form.cleaned_data[name])
        for name, now in stored.items()
        if name in form.cleaned_data and form.cleaned_data[name] != now
    ]


@needs(P.ACCOUNT_MANAGE, methods=("POST",))
def user_reset(request: PortalRequest, pk: int) -> HttpResponse:
    """Replaces the password by a one-time secret. The answer shows it, this once."""
    get_object_or_404(User, pk=pk)
    made = accounts.reset_password(by=request.actor, user_id=pk, seen=request.POST.get("seen"))
    return render(request, "orgs/user_secret.html", {"made": made, "is_new": False})


@needs(P.ACCOUNT_MANAGE, methods=FORM)
def user_disable(request: PortalRequest, pk: int) -> HttpResponse:
    """Shuts an account, with the reason."""
    person = get_object_or_404(User, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        accounts.disable_user(by=request.actor, user_id=pk, **form.cleaned_data)
        messages.success(request, f"{person.name}的账号已停用，会话和访问令牌全部停止。")
        return redirect("orgs:user-edit", pk=pk)
    return render(
        request,
        "orgs/user_disable.html",
        {"form": form, "person": person},
        status=422 if form.errors else 200,
    )


@needs(P.ACCOUNT_MANAGE, methods=("POST",))
def user_enable(request: PortalRequest, pk: int) -> HttpResponse:
    """Opens a shut account again."""
    person = get_object_or_404(User, pk=pk)
    accounts.enable_user(by=request.actor, user_id=pk)
    messages.success(request, f"{person.name}的账号已启用。")
    return redirect("orgs:user-edit", pk=pk)


# --- administrators --------------------------------------------------------------------------


@needs(P.ADMINISTRATOR_CONFIRM, methods=READ)
def administrator_list(request: PortalRequest) -> HttpResponse:
    """Who is an administrator, what waits for a second person, and what was decided."""
    proposals = AdministratorProposal.objects.select_related("user", "proposed_by", "decided_by")
    waiting = proposals.filter(state=AdministratorProposal.State.PROPOSED).order_by("-pk")
    decided = proposals.exclude(state=AdministratorProposal.State.PROPOSED).order_by("-decided_at")
    context = {
        "people": User.objects.exclude(admin_kind="").order_by("admin_kind", "name"),
        "waiting": [
            {
                "proposal": proposal,
                "is_mine": request.actor.user_id in (proposal.proposed_by_id, proposal.user_id),
            }
            for proposal in waiting
        ],
        "decided": Pager(decided, 20).get_page(request.GET.get("page")),
    }
    return render(request, "orgs/administrator_list.html", context)


@needs(P.ADMINISTRATOR_CONFIRM, methods=FORM)
def administrator_propose(request: PortalRequest) -> HttpResponse:
    """The first person's part: whom, as what, why."""
    search = PersonSearch(request.GET)
    text = search.cleaned_data["q"] if search.is_valid() else ""
    matches = list(matching_users(text).filter(is_active=True)[:MATCHES]) if text else []
    form = ProposalForm(request.POST if request.method == "POST" else None, matches=matches)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            administrators.propose(
                by=request.actor,
                user_id=data["user"].pk,
                admin_kind=data["admin_kind"],
                reason=data["reason"],
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            messages.success(request, "已提请，等另一名管理员确认。")
            return redirect("orgs:administrator-list")
    context = {"search": search, "form": form, "matches": matches, "text": text}
    return render(
        request, "orgs/administrator_propose.html", context, status=422 if form.errors else 200
    )


@needs(P.ADMINISTRATOR_CONFIRM, methods=("POST",))
def administrator_confirm(request: PortalRequest, pk: int) -> HttpResponse:
    """The second person's part: yes."""
    get_object_or_404(AdministratorProposal, pk=pk)
    administrators.confirm(by=request.actor, proposal_id=pk)
    messages.success(request, "已确认，任免即时生效。")
    return redirect("orgs:administrator-list")


@needs(P.ADMINISTRATOR_CONFIRM, methods=("POST",))
def administrator_refuse(request: PortalRequest, pk: int) -> HttpResponse:
    """The second person's part: no."""
    get_object_or_404(AdministratorProposal, pk=pk)
    administrators.refuse(by=request.actor, proposal_id=pk)
    messages.success(request, "已否决。")
    return redirect("orgs:administrator-list")


# --- sessions --------------------------------------------------------------------------------


@needs(P.SESSION_MANAGE, methods=READ)
def all_sessions(request: PortalRequest) -> HttpResponse:
    """Everybody who is signed in, by name."""
    form = SessionFilter(request.GET)
    sessions = live_sessions()
    if form.is_valid() and form.cleaned_data["q"]:
        sessions = sessions.filter(user__in=matching_users(form.cleaned_data["q"]).values("pk"))
    page = Pager(sessions, 20).get_page(request.GET.get("page"))
    rows: list[dict[str, Any]] = [
        {"session": session, "digest": session_digest(session.session_key)} for session in page
    ]
    return render(request, "orgs/session_all.html", {"filter": form, "page": page, "rows": rows})


@needs(P.SESSION_MANAGE, methods=("POST",))
def session_end_any(request: PortalRequest, user_pk: int, digest: str) -> HttpResponse:
    """Signs anybody's browser out."""
    session = session_of(user_pk, digest)
    if session is None:
        raise Http404
    accounts.end_session(by=request.actor, session_key=session.session_key)
    messages.success(request, "会话已结束。")
    return redirect("orgs:all-sessions")


# --- tokens ----------------------------------------------------------------------------------


@needs(P.SESSION_MANAGE, methods=READ)
def all_tokens(request: PortalRequest) -> HttpResponse:
    """Everybody's access tokens and calendar addresses that still run; never their secrets."""
    form = SessionFilter(request.GET)
    rows = live_tokens()
    if form.is_valid() and form.cleaned_data["q"]:
        rows = rows.filter(user__in=matching_users(form.cleaned_data["q"]).values("pk"))
    page = Pager(rows, 20).get_page(request.GET.get("page"))
    return render(request, "orgs/token_all.html", {"filter": form, "page": page})


@needs(P.SESSION_MANAGE, methods=("POST",))
def token_revoke_any(request: PortalRequest, pk: int) -> HttpResponse:
    """Revokes anybody's token or calendar address; its owner is told."""
    get_object_or_404(AccessToken, pk=pk)
    tokens.revoke_any(by=request.actor, token_id=pk)
    messages.success(request, "已撤销，立即失效，本人会收到消息。")
    return redirect("orgs:all-tokens")

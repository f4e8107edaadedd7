"""The system administrator's accounts, the administrators themselves, everybody's sessions and
tokens."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from core import acts
from core.guards import needs
from core.http import PortalRequest
from core.identity import mask_phone
from core.paging import Pager

from ..actions import accounts, administrators, tokens
from ..forms.accounts import (
    PersonSearch,
    ProposalForm,
    ReasonForm,
    SessionFilter,
    UserFilter,
    UserForm,
)
from ..models import AccessToken, AdministratorProposal, PortalSession, User
from ..permissions import Permission as P
from ..queries.accounts import (
    live_sessions,
    live_tokens,
    locked_until,
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
    """Opens an account. Its first password is printed by another person, after the grants."""
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: UserForm(acts.typed(request), is_new=True),
        act=lambda attempt: accounts.create_user(by=request.actor, **attempt.given),
        done=lambda attempt, made: acts.said(
            request,
            f"已建立{made.name}的账号，登录名 {made.username}。"
            "请安全管理员授权，再印密码条交给本人。",
            "orgs:user-edit",
            pk=made.pk,
        ),
        show=lambda attempt: attempt.page("orgs/user_create.html"),
    )


@needs(P.ACCOUNT_MANAGE, methods=FORM)
def user_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Corrects an account's name, phone and e-mail; leads to reset, shutting and opening."""

    def show(attempt: acts.Attempt[User, UserForm]) -> HttpResponse:
        person = attempt.subject
        return attempt.page(
            "orgs/user_edit.html",
            person=person,
            differences=acts.differences(attempt.form, _facts(person)) if attempt.conflict else [],
            seen=mark_of(person),
            password_mark=password_mark(person),
            sessions=live_sessions().filter(user=pk).count(),
            tokens=live_tokens().filter(user=pk).count(),
            locked=locked_until(person),
        )

    return acts.perform(
        request,
        load=lambda: get_object_or_404(User, pk=pk),
        form=lambda person: UserForm(acts.typed(request), initial=_facts(person), is_new=False),
        act=lambda attempt: accounts.edit_user(
            by=request.actor, user_id=pk, seen=request.POST.get("seen"), **attempt.given
        ),
        done=lambda attempt, nothing: acts.said(request, "已保存。", "orgs:user-edit", pk=pk),
        show=show,
    )


def _facts(person: User) -> dict[str, str]:
    return {"name": person.name, "phone": phone_of(person), "email": person.email}


@needs(P.ACCOUNT_MANAGE, methods=("POST",))
def user_reset(request: PortalRequest, pk: int) -> HttpResponse:
    """Makes the password worthless; another person prints the slip for a new one."""
    return acts.press(
        request,
        load=lambda: get_object_or_404(User, pk=pk),
        act=lambda person: accounts.reset_password(
            by=request.actor, user_id=pk, seen=request.POST.get("seen")
        ),
        done=lambda person, reset: acts.said(
            request,
            f"{person.name}的密码已作废，登录锁定已解除。已通知安全管理员印密码条交给本人。",
            "orgs:user-edit",
            pk=pk,
        ),
    )


@needs(P.ACCOUNT_MANAGE, methods=FORM)
def user_disable(request: PortalRequest, pk: int) -> HttpResponse:
    """Shuts an account, with the reason."""
    return acts.perform(
        request,
        load=lambda: get_object_or_404(User, pk=pk),
        form=lambda person: ReasonForm(acts.typed(request)),
        act=lambda attempt: accounts.disable_user(by=request.actor, user_id=pk, **attempt.given),
        done=lambda attempt, nothing: acts.said(
            request,
            f"{attempt.subject.name}的账号已停用，会话和访问令牌全部停止。",
            "orgs:user-edit",
            pk=pk,
        ),
        show=lambda attempt: attempt.page("orgs/user_disable.html", person=attempt.subject),
    )


@needs(P.ACCOUNT_MANAGE, methods=("POST",))
def user_enable(request: PortalRequest, pk: int) -> HttpResponse:
    """Opens a shut account again."""
    return acts.press(
        request,
        load=lambda: get_object_or_404(User, pk=pk),
        act=lambda person: accounts.enable_user(by=request.actor, user_id=pk),
        done=lambda person, nothing: acts.said(
            request, f"{person.name}的账号已启用。", "orgs:user-edit", pk=pk
        ),
    )


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
                "may_withdraw": request.actor.user_id == proposal.proposed_by_id,
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
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: ProposalForm(acts.typed(request), matches=matches),
        act=lambda attempt: administrators.propose(
            by=request.actor,
            user_id=attempt.given["user"].pk,
            admin_kind=attempt.given["admin_kind"],
            reason=attempt.given["reason"],
        ),
        done=lambda attempt, made: acts.said(
            request, "已提请，等另一名管理员确认。", "orgs:administrator-list"
        ),
        show=lambda attempt: attempt.page(
            "orgs/administrator_propose.html", search=search, matches=matches, text=text
        ),
    )


@needs(P.ADMINISTRATOR_CONFIRM, methods=("POST",))
def administrator_confirm(request: PortalRequest, pk: int) -> HttpResponse:
    """The second person's part: yes."""
    return acts.press(
        request,
        load=lambda: get_object_or_404(AdministratorProposal.objects.select_related("user"), pk=pk),
        act=lambda proposal: administrators.confirm(by=request.actor, proposal_id=pk),
        done=lambda proposal, nothing: acts.said(
            request, f"已确认，任免即时生效。{_first_secret(proposal)}", "orgs:administrator-list"
        ),
    )


def _first_secret(proposal: AdministratorProposal) -> str:
    """Where a new administrator who has never signed in gets his first password: he has no role, so
    no slip is printed for him."""
    if not (proposal.admin_kind and proposal.user.proof_due):
        return ""
    name = proposal.user.username
    return f"他的首次密码在服务器上生成：manage.py create_administrators --reset {name}"


@needs(P.ADMINISTRATOR_CONFIRM, methods=("POST",))
def administrator_refuse(request: PortalRequest, pk: int) -> HttpResponse:
    """The second person's part: no."""
    return acts.press(
        request,
        load=lambda: get_object_or_404(AdministratorProposal, pk=pk),
        act=lambda proposal: administrators.refuse(by=request.actor, proposal_id=pk),
        done=lambda proposal, nothing: acts.said(request, "已否决。", "orgs:administrator-list"),
    )


@needs(P.ADMINISTRATOR_CONFIRM, methods=("POST",))
def administrator_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """The first person takes it back, after a question."""
    mine = AdministratorProposal.objects.select_related("user").filter(
        proposed_by_id=request.actor.user_id or 0
    )
    return acts.press(
        request,
        load=lambda: get_object_or_404(mine, pk=pk),
        act=lambda proposal: administrators.withdraw(by=request.actor, proposal=proposal),
        done=lambda proposal, nothing: acts.said(request, "已撤回。", "orgs:administrator-list"),
        ask=lambda proposal: acts.Question(
            f"撤回任免：{_proposed(proposal)}",
            ["不再等待另一名管理员确认，任免不办理。", "撤回记入审计；需要时可以重新提请。"],
            "确认撤回",
        ),
        back=lambda proposal: "orgs:administrator-list",
    )


def _proposed(proposal: AdministratorProposal) -> str:
    if not proposal.admin_kind:
        return f"免去{proposal.user.name}的管理员"
    return f"{proposal.user.name}任{proposal.get_admin_kind_display()}"


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

    def load() -> PortalSession:
        session = session_of(user_pk, digest)
        if session is None:
            raise Http404
        return session

    return acts.press(
        request,
        load=load,
        act=lambda session: accounts.end_session(by=request.actor, session_key=session.session_key),
        done=lambda session, nothing: acts.said(request, "会话已结束。", "orgs:all-sessions"),
    )


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
    return acts.press(
        request,
        load=lambda: get_object_or_404(AccessToken, pk=pk),
        act=lambda token: tokens.revoke_any(by=request.actor, token_id=pk),
        done=lambda token, nothing: acts.said(
            request, "已撤销，立即失效，本人会收到消息。", "orgs:all-tokens"
        ),
    )

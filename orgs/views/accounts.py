"""Signing in and out, and what everybody keeps for himself: password, profile, sessions, role."""

from typing import Any

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from core import acts, audit, clock, kept, public_links
from core.actor import Actor
from core.guards import public, signed_in
from core.http import PortalRequest, client_ip, safe_next
from core.identity import mask_phone
from core.text import clean, whole_number

from ..access import SESSION_GRANT, actor_for_request
from ..actions import accounts
from ..backends import find_user
from ..forms.accounts import LoginForm, PasswordForm, ProfileForm
from ..middleware import SIGNED_OUT, password_is_due, take_up
from ..models import PortalSession, RoleGrant, User
from ..queries.accounts import (
    api_tokens_of,
    live_sessions,
    phone_of,
    session_digest,
    session_of,
)

SIGN_IN_FAILED = (
    "登录名或密码不正确，或因多次失败暂时锁定。"
    "请核对后再试；连续失败 5 次，要等 15 分钟后再试。忘记密码请联系系统管理员重置。"
)


@sensitive_post_parameters("password")
@public("GET", "HEAD", "POST")
def login(request: PortalRequest) -> HttpResponse:
    """Signs in. Unknown, wrong, locked and shut accounts get the very same answer."""
    user: Any = request.user
    target = safe_next(request, "/")
    sent = kept.unpack(request.POST.get("kept", ""))
    if user.is_authenticated:
        return _go_on(request, sent) if sent else redirect(target)
    form = LoginForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        found = auth.authenticate(request, **form.cleaned_data) if form.is_valid() else None
        if found is not None:
            _start_session(request, found)
            return _go_on(request, sent) if sent else redirect(target)
        if form.is_valid():
            _record_refusal(request, form.cleaned_data["username"])
            form.add_error(None, SIGN_IN_FAILED)
        form.forget_slip()
        status = 403
    if sent:
        return kept.answer(
            request, sent.veiled(), why=SIGNED_OUT, status=status, form=form, sign_in=request.path
        )
    context = {"form": form, "next": target, "public_links": public_links.shown()}
    return render(request, "orgs/login.html", context, status=status)


def _go_on(request: PortalRequest, sent: kept.Kept) -> HttpResponse:
    """Sends on what was typed before somebody signed in again: by itself for the same person, who
    pressed the button; whether the form is still his to send is looked at where it arrives."""
    request.actor, request.grants = actor_for_request(request)
    marks = {request.actor.mark, *(f"g{grant.pk}" for grant in request.grants)}
    sent = sent.for_holder_of({*marks, *_former(request, sent.mark)})
    goes_on = sent.mark in marks and not sent.files and not password_is_due(request.user)
    why = "刚才的内容正在接着提交。" if goes_on else "已登录。刚才的内容还没有提交，请核对后继续。"
    return kept.answer(
        request, sent, why=why, status=200, may_go_on=True, goes_on=goes_on, kept_open=not goes_on
    )


def _former(request: PortalRequest, mark: str) -> set[str]:
    """The mark, where it is that of a role that the person held once. One query; none for no role."""
    number = whole_number(mark[1:]) if mark.startswith("g") else None
    own = RoleGrant.objects.filter(pk=number or 0, user_id=request.user.pk or 0)
    return {mark} if number and own.exists() else set()


def locked_out(
    request: PortalRequest, response: HttpResponse, credentials: Any = None
) -> HttpResponse:
    """What axes answers to somebody locked out: what the sign-in page answers to everybody."""
    return response


def _start_session(request: PortalRequest, user: User) -> None:
    """Audited first: when the trail cannot be written, nobody gets in."""
    audit.record_now(by=_person(request, user), verb="orgs.session.started", obj=user)
    auth.login(request, user)
    request.session["ip"] = client_ip(request)
    request.session["agent"] = clean(request.headers.get("User-Agent", "")[:200])
    request.session["started"] = clock.now().isoformat()


def _record_refusal(request: PortalRequest, typed: str) -> None:
    """Names the account when there is one; never what was typed, which may be a password."""
    user = find_user(typed)
    failures = getattr(request, "axes_failures_since_start", None)
    locks = failures is not None and failures == settings.AXES_FAILURE_LIMIT
    audit.record_now(
        by=_person(request, user),
        verb="orgs.session.locked" if locks else "orgs.session.refused",
        obj=user,
        label="" if user else "（没有这个账号）",
        note="锁定或限速期内" if failures is None else "",
    )


def _person(request: PortalRequest, user: User | None) -> Actor:
    return Actor(
        user_id=user.pk if user else None,
        name=user.name if user else "（未登录）",
        ip=client_ip(request),
        request_id=getattr(request, "request_id", ""),
    )


@signed_in("POST")
def logout(request: PortalRequest) -> HttpResponse:
    """Ends this session; the browser is told to forget what it kept."""
    audit.record_now(by=request.actor, verb="orgs.session.closed", obj=request.user)
    auth.logout(request)
    response = redirect("orgs:login")
    response["Clear-Site-Data"] = '"cache"'
    return response


@sensitive_post_parameters("current", "new", "again")
@signed_in("GET", "HEAD", "POST")
def password_change(request: PortalRequest) -> HttpResponse:
    """A new password; required before anything else after a one-time secret or 90 days."""
    user: Any = request.user
    has_tokens = api_tokens_of(user).exists()

    def done(attempt: object, changed: User) -> HttpResponse:
        update_session_auth_hash(request, changed)
        text = "密码已修改，其他地方的登录已全部退出。"
        return acts.said(request, f"{text}访问令牌已停用。" if has_tokens else text, "core:home")

    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: PasswordForm(
            acts.typed(request),
            with_current=not user.must_change_password,
            is_admin=bool(user.admin_kind),
        ),
        act=lambda attempt: accounts.change_password(
            by=request.actor,
            current=attempt.given.get("current"),
            new=attempt.given["new"],
            keep_session=request.session.session_key or "",
        ),
        done=done,
        show=lambda attempt: attempt.page(
            "orgs/password_change.html",
            is_due=password_is_due(user),
            is_first=user.must_change_password,
            has_tokens=has_tokens,
        ),
    )


@signed_in("GET", "HEAD", "POST")
def profile(request: PortalRequest) -> HttpResponse:
    """The person's own data and the roles he may act in."""
    user: Any = request.user
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: ProfileForm(acts.typed(request), initial={"email": user.email}),
        act=lambda attempt: accounts.edit_own_profile(
            by=request.actor, email=attempt.given["email"]
        ),
        done=lambda attempt, nothing: acts.said(request, "已保存。", "orgs:profile"),
        show=lambda attempt: attempt.page(
            "orgs/profile.html",
            person=user,
            phone=mask_phone(phone_of(user)),
            grants=request.grants,
        ),
    )


@signed_in("GET", "HEAD")
def session_list(request: PortalRequest) -> HttpResponse:
    """Where the person is signed in."""
    rows = [
        {
            "session": session,
            "digest": session_digest(session.session_key),
            "is_this": session.session_key == request.session.session_key,
        }
        for session in live_sessions().filter(user=request.actor.user_id)
    ]
    return render(request, "orgs/session_list.html", {"rows": rows})


@signed_in("POST")
def session_end(request: PortalRequest, digest: str) -> HttpResponse:
    """Signs one of the person's browsers out."""

    def load() -> PortalSession:
        session = session_of(request.actor.user_id, digest)
        if session is None:
            raise Http404
        return session

    def done(session: PortalSession, nothing: None) -> HttpResponse:
        if session.session_key == request.session.session_key:
            auth.logout(request)
            return redirect("orgs:login")
        return acts.said(request, "已退出那一处登录。", "orgs:session-list")

    return acts.press(
        request,
        load=load,
        act=lambda session: accounts.end_session(by=request.actor, session_key=session.session_key),
        done=done,
    )


@signed_in("POST", page="core:home")
def grant_switch(request: PortalRequest) -> HttpResponse:
    """Acts in another of one's own roles from now on, under a fresh session key."""
    wanted = request.POST.get("grant", "")
    grant = next((one for one in request.grants if str(one.pk) == wanted), None)
    if grant is None:
        raise Http404
    if grant.pk == request.actor.grant_id and SESSION_GRANT in request.session:
        return redirect("core:home")
    take_up(request, grant)
    messages.success(request, f"现在代表{grant.organization}（{grant.label}）。")
    return redirect("core:home")

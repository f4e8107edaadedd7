"""Session limits, signing in again without losing what was typed, and who acts."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import audit, clock, kept, problems
from core.guards import marker_of, page_of
from core.http import is_by_script, is_fragment
from core.identity import mask_again
from core.text import whole_number

from .access import SESSION_GRANT, act_in, actor_for_request
from .actions import accounts, refusals
from .forms.accounts import LoginForm
from .models import PortalSession, RoleGrant
from .queries.refusals import refusals_of, window

GetResponse = Callable[[HttpRequest], HttpResponse]
# How often a session's last sight is written down; keeps reading pages from writing each time.
TOUCH = dt.timedelta(seconds=60)


class SessionLimitMiddleware:
    """Ends sessions that are idle or too old. Polling does not count as being there."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if user.is_authenticated and request.session.session_key:
            # Who is signed in was read from this row: no second query for it.
            row: PortalSession | None = getattr(request.session, "row", None)
            now = clock.now()
            idle = (
                settings.SESSION_IDLE_SECONDS_ADMIN
                if user.admin_kind
                else settings.SESSION_IDLE_SECONDS
            )
            if row is None or _is_over(row, now, idle):
                logout(request)
                if is_by_script(request):
                    return HttpResponse("登录已过期", status=401)
            elif not request.headers.get("X-Portal-Poll") and _is_stale(row.seen_at, now):
                accounts.note_seen(session_key=request.session.session_key)
        return self.get_response(request)


def _is_stale(seen_at: dt.datetime | None, now: dt.datetime) -> bool:
    return seen_at is None or now - seen_at > TOUCH


def _is_over(row: PortalSession, now: dt.datetime, idle: int) -> bool:
    seen = row.seen_at or row.created_at
    return now - seen > dt.timedelta(seconds=idle) or now - row.created_at > dt.timedelta(
        seconds=settings.SESSION_ABSOLUTE_SECONDS
    )


SIGNED_OUT = "登录已过期，刚才的内容还没有提交，也没有丢。重新登录后接着办理。"


class SignInMiddleware(LoginRequiredMiddleware):
    """Leads who is not signed in to the sign-in page, and from there to a page that can be read. A
    form that was sent is kept: it is sent on after signing in."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        marker = marker_of(view_func)
        if marker is not None and not is_api(request):
            if request.method == "POST" and "POST" in marker.methods:
                if is_quiet(request):
                    return HttpResponse("登录已过期", status=401)
                if not _is_about_the_session(request, marker.kind):
                    return sign_in_again(request)
            if marker.is_act:
                return redirect_to_login(page_of(request.path), reverse("orgs:login"))
        return super().handle_no_permission(request, view_func)


def sign_in_again(request: HttpRequest) -> HttpResponse:
    """The page of signing in, around a form that was sent."""
    return kept.answer(
        request,
        kept.of(request).veiled(),
        why=SIGNED_OUT,
        status=401,
        form=LoginForm(),
        sign_in=reverse("orgs:login"),
    )


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks; its requests name their role by their token."""
    return request.path.startswith("/api/")


def is_quiet(request: HttpRequest) -> bool:
    """Whether a script of the page asks, which puts no other page in the place of this one."""
    return is_by_script(request) or is_fragment(request)


class ActorMiddleware:
    """Puts `request.actor` and `request.grants`; leads to a new password where one is due.

    A form is done in the grant that it was opened in (`Actor.mark` in its field `acting`), whatever
    role was chosen meanwhile in another tab; where that is no longer held, it is kept.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        request.grants = []  # type: ignore[attr-defined]
        user: Any = request.user
        if user.is_authenticated:
            request.actor, request.grants = actor_for_request(request)  # type: ignore[attr-defined]
            wanted = _due_first(request)
            if request.method != "POST" and wanted:
                return redirect(wanted)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Forms, after their token was checked."""
        actor: Any = request.actor  # type: ignore[attr-defined]
        marker = marker_of(view)
        if request.method != "POST" or actor is None or marker is None or is_api(request):
            return None
        wanted = _due_first(request)
        if wanted:
            return _password_first(request, wanted)
        mark = request.POST.get(kept.ACTING, "")
        if not mark or mark == actor.mark or _is_about_the_session(request, marker.kind):
            return None
        grants: list[RoleGrant] = request.grants  # type: ignore[attr-defined]
        grant = next((one for one in grants if f"g{one.pk}" == mark), None)
        if grant is None:
            return _not_held(request, mark)
        if is_quiet(request):
            act_in(request, grant)
        else:
            take_up(request, grant)
        return None


BRAKED_UNTIL = "braked_until"
TOO_MANY = (
    "短时间内多次打开不存在或不在范围内的内容，{minutes} 分钟内不能再打开单个页面，"
    "首页和各类名单照常使用。如果是工作中点链接遇到的，请联系安全管理员。"
)


class RefusalMiddleware:
    """Writes down what somebody signed in looked for in vain. Who does so again and again opens no
    single things for a while; lists, his home page and signing out go on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _is_refusal(request, response):
            return response
        actor: Any = request.actor  # type: ignore[attr-defined]
        match: Any = request.resolver_match
        try:
            times = refusals_of(actor)
            if times >= settings.REFUSALS:  # a program, which has no session to remember it
                return too_many(request)
            is_last = times + 1 >= settings.REFUSALS
            address, object_id = _looked_for(request.path, match)
            refusals.note(
                by=actor,
                address=address,
                route=match.view_name,
                object_id=object_id,
                is_last=is_last,
            )
        except DatabaseError:  # a full disk makes no fault of ours out of a page that is not there
            logging.getLogger("django.request").exception("a refusal could not be written down")
            return response
        if is_last and not is_api(request):
            request.session[BRAKED_UNTIL] = (clock.now() + window()).timestamp()
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Stops before anything is looked up."""
        if not kwargs or request.actor is None or is_api(request):  # type: ignore[attr-defined]
            return None
        until = request.session.get(BRAKED_UNTIL, 0.0)
        return too_many(request) if until > clock.now().timestamp() else None


def _looked_for(path: str, match: Any) -> tuple[str, str]:
    """The address and the number in it, as the trail may have them: no text of it, which may be the
    secret of a calendar, and no identity number that somebody put where a number of ours belongs."""
    if any(isinstance(value, str) for value in match.kwargs.values()):
        return f"/{match.route}", ""
    return mask_again(path), mask_again(str(next(iter(match.kwargs.values()), "")))


def _is_refusal(request: HttpRequest, response: HttpResponse) -> bool:
    """Not there for this person (404), or not his to do (403), on an address of ours."""
    actor: Any = getattr(request, "actor", None)
    return (
        response.status_code in (403, 404)
        and actor is not None
        and actor.user_id is not None
        and request.resolver_match is not None
        and (response.status_code == 404 or getattr(request, "csrf_processing_done", False))
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """429, with when to come again."""
    seconds = settings.REFUSALS_WINDOW
    text = TOO_MANY.format(minutes=max(1, seconds // 60))
    if is_api(request):
        response = problems.problem(429, detail=text, code="too_many_refusals")
    else:
        texts = kept.of(request).texts if kept.is_worth_keeping(request) else ()
        response = render(request, "orgs/slowed.html", {"text": text, "texts": texts}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _is_about_the_session(request: HttpRequest, kind: str) -> bool:
    """Signing in and out and choosing the role: whoever does it, in whatever role."""
    match = request.resolver_match
    return kind == "public" or (
        match is not None and match.view_name in ("orgs:logout", "orgs:grant-switch")
    )


def take_up(request: HttpRequest, grant: RoleGrant) -> None:
    """Acts in another of one's own roles from now on, under a fresh session key."""
    request.session[SESSION_GRANT] = grant.pk
    request.session.cycle_key()
    act_in(request, grant)
    audit.record_now(by=request.actor, verb="orgs.grant.switched", obj=grant)  # type: ignore[attr-defined]


def _not_held(request: HttpRequest, mark: str) -> HttpResponse:
    """The form back, with the role that it needs."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    number = whole_number(mark[1:]) if mark.startswith("g") else None
    own = RoleGrant.objects.filter(pk=number or 0, user_id=actor.user_id)
    grant = own.select_related("organization").first() if number else None
    now = f"{actor.organization_name}（{actor.role_label}）".replace("（）", "") or actor.name
    if grant is not None:
        why = (
            f"这份表单要以{grant.organization}（{grant.label}）的身份办理，"
            f"这个角色现在已不再担任。现在代表{now}，没有提交。"
        )
    else:
        why = f"这份表单是另一位同志登录时打开的，现在登录的是{actor.name}，没有提交。"
    if is_quiet(request):
        return JsonResponse({"message": why}, status=422)
    # One's own former role, or another person's form.
    sent = kept.of(request) if grant is not None else kept.of(request).for_holder_of({actor.mark})
    return kept.answer(request, sent, why=why, status=409, kept_open=True)


def _password_first(request: HttpRequest, wanted: str) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    grants: list[RoleGrant] = request.grants  # type: ignore[attr-defined]
    sent = kept.of(request).for_holder_of({actor.mark, *(f"g{grant.pk}" for grant in grants)})
    if is_quiet(request) or not sent.texts:
        return redirect(wanted)
    return kept.answer(
        request,
        sent,
        why="要先修改密码才能办理。刚才的内容没有丢：在新的标签页里改好密码，再回到这里继续。",
        status=409,
        may_go_on=True,
        link=reverse(wanted),
        link_word="修改密码（新的标签页）",
    )


def _due_first(request: HttpRequest) -> str:
    """The page that stands before everything else: of a first use, of a new password; or none."""
    user: Any = request.user
    if not password_is_due(user):
        return ""
    wanted = "orgs:slip-use" if user.proof_due else "orgs:password-change"
    open_now = {reverse(wanted), reverse("orgs:logout")}
    if request.path in open_now or request.path.startswith(("/static/", "/api/")):
        return ""
    return wanted


def password_is_due(user: Any) -> bool:
    """Whether the person must choose a new password before anything else."""
    if user.must_change_password or user.proof_due:
        return True
    limit = settings.PASSWORD_MAX_AGE_DAYS
    changed = user.password_changed_at
    return bool(limit and changed and clock.now() - changed > dt.timedelta(days=limit))

"""Who calls the API: a token's person in its grant, or a signed-in browser."""

from typing import Any

from django.http import HttpRequest
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from core import clock
from core.http import client_ip
from core.problems import Refused
from core.text import whole_number

from .access import actor_of
from .actions import tokens
from .middleware import TOUCH, password_is_due
from .models import AccessToken, RoleGrant, User
from .models.token import digest

SAFE = ("GET", "HEAD")
NO_TOKEN = "令牌无效、已到期或已撤销。"  # noqa: S105


def _grant_wanted(request: HttpRequest) -> int | None:
    raw = request.headers.get("X-Acting-Grant")
    if raw is None:
        return None
    number = whole_number(raw)
    if number is None:
        raise Refused(400, "X-Acting-Grant 应为授权编号。", code="bad_grant")
    return number


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token …`. The rights are those of this moment: two queries."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        """The person and the token. Raises AuthenticationFailed (401)."""
        words = request.headers.get("Authorization", "").split()
        if not words or words[0].lower() not in ("token", "bearer"):
            return None
        now = clock.now()
        token = (
            AccessToken.objects.live(now)
            .filter(digest=digest(words[-1]), user__admin_kind="")
            .exclude(scope=AccessToken.Scope.CALENDAR)
            .select_related("user")
            .first()
            if len(words) == 2 and words[1].isascii()
            else None
        )
        if token is None:
            raise exceptions.AuthenticationFailed(NO_TOKEN)
        if password_is_due(token.user):
            raise exceptions.AuthenticationFailed("请先在网页上修改密码。")
        self._act(request._request, token)
        tokens.note_use(token, every=TOUCH)
        return token.user, token

    def _act(self, request: Any, token: AccessToken) -> None:
        grant = (
            RoleGrant.objects.current()
            .filter(pk=token.grant_id or 0)
            .select_related("organization", "deputy_for__user")
            .first()
        )
        if grant is None:
            raise exceptions.AuthenticationFailed("这个令牌所代表的授权已经结束。")
        wanted = _grant_wanted(request)
        if wanted is not None and wanted != grant.pk:
            raise Refused(403, "令牌只能以建立时的那项授权办理。", code="grant")
        if token.scope == AccessToken.Scope.READ and request.method not in SAFE:
            raise Refused(403, "这个令牌是只读的。", code="scope")
        request.actor = actor_of(
            token.user,
            grant,
            ip=client_ip(request),
            session_hash=f"token:{token.pk}"[:16],
            request_id=getattr(request, "request_id", ""),
        )

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Token"


class BrowserAuthentication(SessionAuthentication):
    """The session of a signed-in browser, with the CSRF token for what changes something."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """The person. Raises PermissionDenied without the CSRF token, Refused for a grant that
        is not his."""
        found = super().authenticate(request)
        if found is None:
            return None
        inner: Any = request._request
        if password_is_due(found[0]):
            raise Refused(403, "请先在网页上修改密码。", code="password_due")
        wanted = _grant_wanted(inner)
        if wanted is not None and wanted != inner.actor.grant_id:
            grant = next((one for one in inner.grants if one.pk == wanted), None)
            if grant is None:
                raise Refused(403, "这不是自己现有的授权。", code="grant")
            inner.actor = actor_of(
                found[0],
                grant,
                ip=inner.actor.ip,
                session_hash=inner.actor.session_hash,
                request_id=inner.actor.request_id,
            )
        return found

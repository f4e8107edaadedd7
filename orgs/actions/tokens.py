"""Access tokens: made and revoked by the person they act for; ended with his password."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.notifications import Message, tell
from core.states import Stale
from core.text import clean

from ..models import AccessToken, RoleGrant, User
from ..models.token import digest

MAX_DAYS = 365
MAX_LIVE = 20
Scope = AccessToken.Scope


@dataclass(frozen=True, slots=True)
class Made:
    """A token and its secret. The secret is shown once and kept nowhere."""

    token: AccessToken
    secret: str


def _make(
    *,
    user_id: int,
    grant: RoleGrant | None,
    name: str,
    scope: str,
    expires_at: dt.datetime | None,
) -> Made:
    secret = f"{'cal' if scope == Scope.CALENDAR else 'pt'}_{secrets.token_urlsafe(32)}"
    token = AccessToken.objects.create(
        user_id=user_id,
        grant=grant,
        name=name,
        scope=scope,
        digest=digest(secret),
        beginning=secret[:8],
        created_at=clock.now(),
        expires_at=expires_at,
    )
    return Made(token, secret)


def _still_in(by: Actor, password_of: dt.datetime | None) -> None:
    """Locks the person's row, so that his requests wait for each other and for a new password.

    Raises DomainError when he may not be here any more: shut out, or let in by a password (set
    at `password_of`, when that is given) that has been replaced while the request was under way.
    """
    user = User.objects.select_for_update().filter(pk=by.user_id or 0).first()
    changed = password_of is not None and user and user.password_changed_at != password_of
    if user is None or not user.is_active or changed:
        raise DomainError("登录已失效，请重新登录。", code="signed_out")


@action
def create(
    *,
    by: Actor,
    grant_id: int,
    name: str,
    scope: str,
    days: int,
    named_once: bool = False,
    password_of: dt.datetime | None = None,
) -> Made:
    """Makes a token for one of the person's own current grants, good for `days` (1 to 365).

    Raises DomainError for anything else, when there are too many already, and when the password
    set at `password_of`, which let the person in, is no longer his. `named_once`: Conflict when
    one of that name is good already, so that a form sent twice makes one.
    """
    name = clean(name)
    if not name or len(name) > 60:
        raise DomainError("请写明用途，最多 60 个字。", field="name")
    if scope not in (Scope.READ, Scope.WRITE):
        raise DomainError("请选择只读或读写。", field="scope")
    if not 1 <= days <= MAX_DAYS:
        raise DomainError(f"有效期为 1 至 {MAX_DAYS} 天。", field="days")
    _still_in(by, password_of)
    grant = (
        RoleGrant.objects.current()
        .filter(pk=grant_id, user_id=by.user_id or 0, user__admin_kind="")
        .select_related("organization")
        .first()
    )
    if grant is None:
        raise DomainError("请选择自己现有的一项授权。", field="grant")
    now = clock.now()
    live = (
        AccessToken.objects.live(now).filter(user_id=by.user_id or 0).exclude(scope=Scope.CALENDAR)
    )
    if live.count() >= MAX_LIVE:
        raise DomainError(f"有效的令牌最多 {MAX_LIVE} 个，请先撤销不用的。", code="too_many")
    if named_once and live.filter(name=name).exists():
        raise Conflict(
            f"已有一个名为“{name}”的有效令牌。令牌只在建立时显示一次；没有记下的，请撤销它再建立。",
            field="name",
        )
    made = _make(
        user_id=by.user_id or 0,
        grant=grant,
        name=name,
        scope=scope,
        expires_at=now + dt.timedelta(days=days),
    )
    audit.record(
        by=by,
        verb="orgs.token.created",
        obj=made.token,
        label=f"{name}（{made.token.beginning}…）",
        changes={"role": [None, str(grant)], "scope": [None, scope], "days": [None, days]},
    )
    return made


@action
def revoke(*, by: Actor, token_id: int) -> None:
    """Ends one of the person's own tokens at once. One that is over already is no error."""
    token = AccessToken.objects.visible_to(by).get(pk=token_id)
    if _end(AccessToken.objects.filter(pk=token.pk)):
        _audit_revoked(token, by)


@action
def revoke_any(*, by: Actor, token_id: int) -> None:
    """Ends anybody's token at once, for the security administrator, and tells its owner. One
    that is over already is no error."""
    token = AccessToken.objects.select_related("user").get(pk=token_id)
    if not _end(AccessToken.objects.filter(pk=token.pk)):
        return
    _audit_revoked(token, by)
    tell(
        [
            Message(
                user_id=token.user_id,
                key=f"token-revoked:{token.pk}",
                title=f"“{token.name}”已由安全管理员撤销",
                body="用到它的系统或日历不再更新。确需使用，可在“访问令牌”中重新建立。",
                url=reverse("orgs:token-list"),
            )
        ]
    )


@action
def revoke_all(*, by: Actor, user_ids: Sequence[int], with_calendar: bool) -> int:
    """Ends all that still runs of these persons' tokens, `with_calendar` their calendars' addresses
    too; returns how many. For a new password and a shut account: whoever calls has locked them."""
    now = clock.now()
    rows = AccessToken.objects.filter(user__in=user_ids, revoked_at=None)
    if not with_calendar:
        rows = rows.exclude(scope=Scope.CALENDAR)
    running = list(
        rows.exclude(expires_at__lte=now).select_related("user").select_for_update(of=("self",))
    )
    _end(AccessToken.objects.filter(pk__in=[one.pk for one in running]))
    for token in running:
        _audit_revoked(token, by)
    return len(running)


def _end(rows: QuerySet[AccessToken]) -> int:
    return AccessToken.machine.move_many(rows, "revoke", revoked_at=clock.now())


def _audit_revoked(token: AccessToken, by: Actor) -> None:
    whose = "" if token.user_id == by.user_id else f"{token.user.name}："
    audit.record(
        by=by,
        verb="orgs.token.revoked",
        obj=token,
        label=f"{whose}{token.name}（{token.beginning}…）",
    )


@action
def renew_calendar(
    *, by: Actor, seen: str | None = None, password_of: dt.datetime | None = None
) -> Made:
    """A new secret address for the person's calendar; the old one stops at once. Raises
    DomainError when the password set at `password_of` is no longer his.

    `seen` is the id of the address that the page with the button knew, or empty: Conflict when
    there is another by now, which a second click would make worthless.
    """
    _still_in(by, password_of)
    present = AccessToken.objects.filter(
        user_id=by.user_id or 0, scope=Scope.CALENDAR, revoked_at=None
    )
    ids = [str(pk) for pk in present.values_list("pk", flat=True)]
    if seen is not None and seen != "".join(ids):
        raise Stale(
            "日历地址刚刚已经更换，没有再次更换。地址只显示一次；没有看到的，请返回刷新后再换。"
        )
    _end(present)
    made = _make(
        user_id=by.user_id or 0, grant=None, name="日历订阅", scope=Scope.CALENDAR, expires_at=None
    )
    audit.record(by=by, verb="orgs.token.calendar", obj=made.token)
    return made


def note_use(token: AccessToken, *, every: dt.timedelta) -> None:
    """Takes down that the token was used just now, unless that was done within `every`. At most
    one query; no act of anybody, so neither audited nor told by whom."""
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at > every:
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=now)

"""Access tokens: made and revoked by the person they act for."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.text import clean

from ..models import AccessToken, RoleGrant, User

MAX_DAYS = 365
MAX_LIVE = 20
Scope = AccessToken.Scope


@dataclass(frozen=True, slots=True)
class Made:
    """A token and its secret. The secret is shown once and kept nowhere."""

    token: AccessToken
    secret: str


def digest(secret: str) -> str:
    """What is stored of a secret. It is 256 random bits: a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


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


@action
def create(
    *, by: Actor, grant_id: int, name: str, scope: str, days: int, named_once: bool = False
) -> Made:
    """Makes a token for one of the person's own current grants, good for `days` (1 to 365).

    Raises DomainError for anything else, and when there are too many already. `named_once`:
    Conflict when one of that name is good already, so that a form sent twice makes one.
    """
    name = clean(name)
    if not name or len(name) > 60:
        raise DomainError("请写明用途，最多 60 个字。", field="name")
    if scope not in (Scope.READ, Scope.WRITE):
        raise DomainError("请选择只读或读写。", field="scope")
    if not 1 <= days <= MAX_DAYS:
        raise DomainError(f"有效期为 1 至 {MAX_DAYS} 天。", field="days")
    # The lock makes two requests of one person wait for each other, so that the limit holds.
    User.objects.select_for_update().filter(pk=by.user_id or 0).first()
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
    if AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
        audit.record(
            by=by,
            verb="orgs.token.revoked",
            obj=token,
            label=f"{token.name}（{token.beginning}…）",
        )


@action
def renew_calendar(*, by: Actor, seen: str | None = None) -> Made:
    """A new secret address for the person's calendar; the old one stops at once.

    `seen` is the id of the address that the page with the button knew, or empty: Conflict when
    there is another by now, which a second click would make worthless.
    """
    User.objects.select_for_update().filter(pk=by.user_id or 0).first()
    present = AccessToken.objects.filter(
        user_id=by.user_id or 0, scope=Scope.CALENDAR, revoked_at=None
    )
    ids = [str(pk) for pk in present.values_list("pk", flat=True)]
    if seen is not None and seen != "".join(ids):
        raise Conflict(
            "日历地址刚刚已经更换，没有再次更换。地址只显示一次；没有看到的，请返回刷新后再换。",
            code="stale",
        )
    present.update(revoked_at=clock.now())
    made = _make(
        user_id=by.user_id or 0, grant=None, name="日历订阅", scope=Scope.CALENDAR, expires_at=None
    )
    audit.record(by=by, verb="orgs.token.calendar", obj=made.token)
    return made

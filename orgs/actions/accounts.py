"""Accounts: made, corrected, reset and shut by the system administrator; used by their owner."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import audit, clock, crypto
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.identity import mask_phone
from core.notifications import Message, tell
from core.states import Stale
from core.text import compact_name

from ..backends import PHONE_COLUMN, phone_index
from ..enums import AdminKind
from ..models import PortalSession, User
from ..models.account import normalize_username
from ..passwords import one_time_secret
from ..queries.accounts import mark_of, password_mark, phone_of
from . import tokens
from .lockouts import forget_failures
from .watchers import tell_administrators

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,49}")
_RESET_IS_NOT_HERE = (
    "管理员的密码不能由一名管理员单独重置。请在服务器上执行 "
    "manage.py create_administrators --reset 登录名。"
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account and its one-time secret. The secret is shown once and kept nowhere."""

    user: User
    secret: str


def give_secret(user: User) -> str:
    """Sets a fresh one-time secret on `user`, which the caller saves."""
    secret = one_time_secret()
    user.set_password(secret)
    user.must_change_password = True
    user.password_changed_at = clock.now()
    user.secret_expires_at = clock.now() + dt.timedelta(seconds=settings.ONE_TIME_SECRET_AGE)
    return secret


@action
def create_user(*, by: Actor, username: str, name: str, phone: str = "", email: str = "") -> User:
    """Opens an account. Nobody can sign in with it until another person has printed its slip
    (actions/slips.py): whoever opens an account sees no secret of it.

    The login name is taken in normal form. Raises DomainError on `username`, `name`, `phone`.
    """
    username = normalize_username(username)
    if not USERNAME.fullmatch(username):
        raise DomainError("登录名用小写字母开头，3 至 50 个字母、数字或 . _ -。", field="username")
    if User.objects.filter(username=username).exists():
        raise Conflict(f"登录名“{username}”已有人使用，请换一个。", field="username")
    user = User(
        username=username,
        name=_name(name),
        email=email,
        password=make_password(None),
        must_change_password=True,
        proof_due=True,
        opened_by_id=by.user_id,
        created_at=clock.now(),
    )
    _set_phone(user, phone)
    _save_new(user)
    audit.record(
        by=by,
        verb="orgs.user.created",
        obj=user,
        changes={
            "username": [None, username],
            "name": [None, user.name],
            "phone": [None, mask_phone(phone_of(user))],
            "email": [None, email],
        },
    )
    return user


def _save_new(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:  # somebody was faster with the same name or number
        raise Conflict("登录名或手机号刚被另一个账号占用，请换一个。", field="username") from error


@action
def edit_user(
    *, by: Actor, user_id: int, name: str, phone: str = "", email: str = "", seen: str | None = None
) -> User:
    """Corrects name, phone and e-mail. The login name stays: audit and lock-out go by it.

    `seen` is the mark (`mark_of`) of the page the person worked on: Conflict when the account
    has been changed since.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    found = mark_of(user)
    before = {"name": user.name, "phone": phone_of(user), "email": user.email}
    user.name, user.email = _name(name), email
    _set_phone(user, phone)
    after = {"name": user.name, "phone": phone_of(user), "email": user.email}
    if before == after:
        return user
    if seen is not None and seen != found:
        raise Stale("另一人刚刚改过这个账号，请对照现在的内容再保存。", user)
    try:
        with transaction.atomic():
            user.save(update_fields=["name", "email", "phone_sealed", "phone_index"])
    except IntegrityError as error:
        raise Conflict("这个手机号已用于另一个账号。", field="phone") from error
    changes = audit.changed(before, after)
    if "phone" in changes:
        changes["phone"] = [mask_phone(number) for number in changes["phone"]]
    audit.record(by=by, verb="orgs.user.edited", obj=user, changes=changes)
    return user


@action
def edit_own_profile(*, by: Actor, email: str) -> User:
    """The person's own e-mail address, to which reminders go."""
    user = _self(by)
    if user.email != email:
        audit.record(
            by=by, verb="orgs.user.edited", obj=user, changes={"email": [user.email, email]}
        )
        user.email = email
        user.save(update_fields=["email"])
    return user


@action
def edit_own_reminders(
    *, by: Actor, reminders_by_mail: bool, reminder_hour: int, weekly_summary: bool
) -> User:
    """How reminders reach the person. Raises DomainError for an hour outside working hours."""
    first, last = settings.REMINDER_HOURS
    if not first <= reminder_hour < last:
        raise DomainError(f"提醒时间应在 {first}:00 至 {last - 1}:00 之间。", field="reminder_hour")
    user = _self(by)
    wanted = {
        "reminders_by_mail": reminders_by_mail,
        "reminder_hour": reminder_hour,
        "weekly_summary": weekly_summary,
    }
    changes = {
        name: [getattr(user, name), value]
        for name, value in wanted.items()
        if getattr(user, name) != value
    }
    if changes:
        for name, value in wanted.items():
            setattr(user, name, value)
        user.save(update_fields=list(wanted))
        audit.record(by=by, verb="orgs.user.edited", obj=user, changes=changes)
    return user


@action
def reset_password(*, by: Actor, user_id: int, seen: str | None = None) -> User:
    """Makes the password worthless, ends the person's sessions and tokens, and lifts a lock-out.

    Nobody is told a secret: another person, the security administrator, prints a slip, and its
    first use asks what only the owner knows (actions/slips.py). The security administrators and the
    owner learn of it. `seen` is the `password_mark` of the page with the button: what has just been reset
    is not reset by one more click, nor by a colleague's (Stale).

    An administrator's password is refused (NotAllowed): it is reset on the server, by
    `manage.py create_administrators --reset`.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if user.admin_kind:
        raise NotAllowed(_RESET_IS_NOT_HERE)
    if not user.is_active:
        raise DomainError("这个账号已停用，请先启用再重置密码。")
    if seen is not None and seen != password_mark(user):
        raise Stale("这个账号的密码刚刚已经改过或重置过，没有再次重置。", user)
    if user.proof_due:
        raise DomainError("本人还没有用密码条登录过。密码条作废或过期的，请安全管理员重印。")
    user.password = make_password(None)
    user.must_change_password = user.proof_due = True
    user.opened_by_id = by.user_id
    user.reset_at = user.password_changed_at = clock.now()
    user.slip_printed_at = user.secret_expires_at = None
    user.proof_failures = 0
    _reset(by=by, user=user, fields=("opened_by", "reset_at", "slip_printed_at", "proof_failures"))
    tell_administrators(
        AdminKind.SECURITY,
        key=f"reset:{user.pk}:{user.reset_at:%Y%m%d%H%M%S%f}",
        title=f"{by.name}重置了{user.name}的密码",
        body="请向本人核实，再印密码条交给本人。不是本人要求的，请停下来查明。",
        url=reverse("orgs:slip-list"),
    )
    return user


def replace_password(*, by: Actor, user: User) -> str:
    """Gives the administrator `user` a one-time secret within the running action, which comes from
    the server's console; otherwise as `reset_password`."""
    secret = give_secret(user)
    user.proof_due = False
    _reset(by=by, user=user)
    return secret


def _reset(*, by: Actor, user: User, fields: Sequence[str] = ()) -> None:
    """Saves the new password and ends what the old one had opened: sessions, tokens, the calendar's
    address, a lock-out. Tells the person."""
    unlocked = forget_failures(user)
    user.save(
        update_fields=[
            "password",
            "must_change_password",
            "secret_expires_at",
            "password_changed_at",
            "proof_due",
            *fields,
        ]
    )
    ended = end_sessions_of(user)
    revoked = tokens.revoke_all(by=by, user_ids=[user.pk], with_calendar=True)
    audit.record(
        by=by,
        verb="orgs.user.reset",
        obj=user,
        changes={
            "sessions": [ended, 0],
            "tokens": [revoked, 0],
            "failures": [unlocked, 0],
        },
    )
    tell(
        [
            Message(
                user_id=user.pk,
                key=f"password-reset:{user.pk}:{clock.now():%Y%m%d%H%M%S%f}",
                title="密码已由管理员重置",
                body="访问令牌和日历订阅已停用，需要的请重新建立。"
                "如果不是你要求的，请立即告诉安全管理员。",
            )
        ]
    )


@action
def disable_user(*, by: Actor, user_id: int, reason: str) -> User:
    """Shuts the account: nobody signs in with it, whoever is signed in is out at once, and its
    tokens are revoked, so that they stay ended when it is opened again.

    An administrator is first relieved by two persons (NotAllowed).
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if user.admin_kind:
        raise NotAllowed("管理员账号不能直接停用，请先在“管理员任免”中免去。")
    if user.pk == by.user_id:
        raise NotAllowed("不能停用自己的账号。")
    User.machine.move(user, "disable")
    ended = end_sessions_of(user)
    revoked = tokens.revoke_all(by=by, user_ids=[user.pk], with_calendar=True)
    audit.record(
        by=by,
        verb="orgs.user.disabled",
        obj=user,
        changes={"is_active": [True, False], "sessions": [ended, 0], "tokens": [revoked, 0]},
        note=reason,
    )
    return user


@action
def enable_user(*, by: Actor, user_id: int) -> User:
    """Opens a shut account again, with the password and the grants that it had; not its tokens."""
    user = User.objects.select_for_update().get(pk=user_id)
    User.machine.move(user, "enable", enabled_at=clock.now())
    audit.record(by=by, verb="orgs.user.enabled", obj=user, changes={"is_active": [False, True]})
    return user


@action
def change_password(*, by: Actor, current: str | None, new: str, keep_session: str) -> User:
    """Gives the person the password `new`, ends his sessions except `keep_session`, and revokes
    his tokens. The calendar's address stays: it shows deadlines and does nothing.

    `current` is the password of now; None when the person has just signed in with a one-time
    secret. Raises DomainError on `current` or `new`.
    """
    user = _self(by)
    if current is None and not user.must_change_password:
        raise DomainError("请填写当前密码。", field="current")
    if current is not None and not user.check_password(current):
        raise DomainError("当前密码不正确。", field="current")
    if user.check_password(new):
        raise DomainError("新密码不能与现在的密码相同。", field="new")
    try:
        password_validation.validate_password(new, user)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), field="new") from error
    user.set_password(new)
    user.must_change_password = False
    user.secret_expires_at = None
    user.password_changed_at = clock.now()
    user.save(
        update_fields=[
            "password",
            "must_change_password",
            "secret_expires_at",
            "password_changed_at",
        ]
    )
    ended = end_sessions_of(user, but=keep_session)
    revoked = tokens.revoke_all(by=by, user_ids=[user.pk], with_calendar=False)
    audit.record(
        by=by,
        verb="orgs.user.password_changed",
        obj=user,
        changes={"sessions_ended": [None, ended], "tokens": [revoked, 0]},
    )
    return user


@action
def end_session(*, by: Actor, session_key: str) -> None:
    """Ends one signed-in browser, the person's own or, for the security administrator, anyone's.

    A session that has ended meanwhile is no error.
    """
    session = PortalSession.objects.select_related("user").filter(pk=session_key).first()
    if session is None or session.user is None:
        return
    if not PortalSession.objects.filter(pk=session_key).delete()[0]:
        return
    audit.record(
        by=by,
        verb="orgs.session.ended",
        obj=session.user,
        changes={"ip": [session.ip, None], "started": [session.created_at, None]},
    )


def note_seen(*, session_key: str) -> None:
    """Takes down that the browser was seen just now. No act of anybody: not audited. One query."""
    PortalSession.objects.filter(pk=session_key).update(seen_at=clock.now())


def end_sessions_of(user: User, *, but: str = "") -> int:
    """Ends the person's sessions within the running action; returns how many there were."""
    count, _ = PortalSession.objects.filter(user=user).exclude(pk=but).delete()
    return int(count)


def _self(by: Actor) -> User:
    """The person acting, locked. Raises NotAllowed for the system."""
    if by.user_id is None:
        raise NotAllowed("请先登录。")
    return User.objects.select_for_update().get(pk=by.user_id)


def _name(text: str) -> str:
    name = compact_name(text)
    if not name or len(name) > 50:
        raise DomainError("请填写姓名，最多 50 个字。", field="name")
    return name


def _set_phone(user: User, phone: str) -> None:
    """Seals the number and indexes it. Raises DomainError on `phone`."""
    digits = re.sub(r"[\s\-]", "", normalize_username(phone))
    if not digits:
        user.phone_sealed, user.phone_index = "", None
        return
    if not re.fullmatch(r"1[0-9]{10}", digits):
        raise DomainError("手机号应为 1 开头的 11 位数字。", field="phone")
    index = phone_index(digits)
    if User.objects.filter(phone_index=index).exclude(pk=user.pk).exists():
        raise Conflict("这个手机号已用于另一个账号。", field="phone")
    if index != user.phone_index:
        user.phone_index = index
        user.phone_sealed = crypto.seal(digits, column=PHONE_COLUMN, row=user.uid)

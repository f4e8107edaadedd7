"""Sign-in by login name or by phone number."""

import datetime as dt
import re
import unicodedata
from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.exceptions import AxesBackendPermissionDenied
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db.models import BigIntegerField, Count, Max, Sum
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from core import clock, crypto
from core.http import client_network, network_of
from core.models import AuditEntry
from core.prepared import Given, Prepared

from .models import User
from .models.account import normalize_username

PHONE_COLUMN = "orgs.user.phone"


def phone_index(text: str) -> str:
    """The blind index of a phone number as typed: digits only, full-width accepted."""
    digits = re.sub(r"[\s\-]", "", normalize_username(text))
    return crypto.blind_index(digits, column=PHONE_COLUMN) if digits.isdecimal() else ""


def find_user(name: str) -> User | None:
    """The account with this login name, else the one with this phone number."""
    if "\x00" in name or len(name) > 200:
        return None
    user = User.objects.filter(username=normalize_username(name)).first()
    if user is None and (index := phone_index(name)):
        user = User.objects.filter(phone_index=index).first()
    return user


def lockout_name(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """What failures are counted under: the account's own name, however it was typed."""
    typed = str((credentials or {}).get("username") or "")
    if not typed and request is not None:
        typed = str(request.POST.get("username", ""))
    user = find_user(typed)
    return user.username if user else name_of_nobody(typed)


def name_of_nobody(typed: str) -> str:
    """What failures of a name are counted under that no account has: it may be a password in the
    wrong field, so it is kept by its keyed digest alone."""
    return "?" + salted_hmac("orgs.nobody", normalize_username(typed)).hexdigest()[:32]


_NAME_TYPED = re.compile(r"[a-z][a-z0-9._-]{2,49}|[\d \-]{11,20}", re.IGNORECASE)


def may_be_shown_again(typed: str) -> bool:
    """Whether what stood in the field of the login name is one by its looks: anything else may be a
    password, and goes back to nobody. Never depends on the accounts that exist."""
    text = unicodedata.normalize("NFKC", typed).strip()
    kinds = (r"[a-z]", r"[A-Z]", r"\d", r"[._-]")
    return (
        _NAME_TYPED.fullmatch(text) is not None
        and sum(bool(re.search(kind, text)) for kind in kinds) < 3
    )


class LockoutBackend(AxesStandaloneBackend):
    """Refuses after too many failures, in the time that a wrong password takes."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> None:
        try:
            super().authenticate(request, username, password, **kwargs)
            if request is not None and is_slowed(
                lockout_name(request, {"username": username}), client_network(request)
            ):
                # Not counted, so that the one who goes on trying holds up nobody else.
                request.axes_locked_out = True  # type: ignore[attr-defined]
                raise AxesBackendPermissionDenied("slowed")
        except AxesBackendPermissionDenied:
            make_password(password)
            raise


def is_slowed(name: str, network: str) -> bool:
    """Whether this try is one too many of the network (`network_of`), or of the name from all
    addresses together, within the time of a lock-out: then one in some seconds is looked at, the
    others are refused.

    Who has signed in from there before is never slowed: nobody can lock others out, neither
    from the same office nor from elsewhere. Two queries, four where somebody is trying names.
    """
    now = clock.now()
    recent = AccessAttempt.objects.filter(
        attempt_time__gt=now - dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
    )
    here = recent.filter(ip_address=network).aggregate(
        names=Count("username", distinct=True), last=Max("attempt_time")
    )
    named = recent.filter(username=name).aggregate(
        failures=Sum("failures_since_start"), last=Max("attempt_time")
    )
    last = [
        one["last"]
        for one, count, most in (
            (here, here["names"], settings.SIGN_IN_NAMES_OF_ADDRESS),
            (named, named["failures"] or 0, settings.SIGN_IN_FAILURES_OF_NAME),
        )
        if count >= most
    ]
    if not last or max(last) <= now - dt.timedelta(seconds=settings.SIGN_IN_SLOW_SECONDS):
        return False
    return not has_signed_in(name, network)


def has_signed_in(name: str, network: str) -> bool:
    """Whether the account has been signed in from the network within 90 days."""
    user = User.objects.filter(username=name).first()
    entries = AuditEntry.objects.filter(
        user_id=user.pk if user else 0,
        verb="orgs.session.started",
        at__gt=clock.now() - dt.timedelta(days=90),
    )
    return network in map(network_of, entries.values_list("ip", flat=True).distinct())


class NameOrPhoneBackend(BaseBackend):
    """Answers alike, in words and in time, for unknown, disabled and wrongly typed accounts."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if not username or password is None:
            return None
        user = find_user(username)
        if user is None:
            make_password(password)  # spends the same time as a real check
            return None
        if not user.check_password(password) or not user.is_active:
            return None
        if user.secret_expires_at and user.secret_expires_at < clock.now():
            return None  # a one-time secret that nobody used in time
        return user

    def get_user(self, user_id: int) -> User | None:
        found = _account(pk=user_id)
        return found[0] if found else None


_account: Prepared[User] = Prepared(
    lambda: User.objects.filter(pk=Given("pk", BigIntegerField()), is_active=True)
)

"""Read models of the account and administration pages."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils.crypto import salted_hmac

from core import clock, crypto, pinyin
from core.text import clean

from ..backends import PHONE_COLUMN
from ..models import AccessToken, Organization, PortalSession, RoleGrant, User
from ..models.account import normalize_username
from ..models.organization import below


def matching_users(text: str) -> QuerySet[User]:
    """Accounts whose name or login name contains `text`; all of them when it is empty."""
    users = User.objects.order_by("name", "pk")
    text = clean(text)
    if text:
        users = users.filter(
            Q(name__icontains=text) | Q(username__contains=normalize_username(text))
        )
    return users


def matching_organizations(text: str) -> QuerySet[Organization]:
    """Existing organisations whose name or initials contain `text`, in the order of the tree."""
    text = clean(text)
    found = Organization.objects.active().order_by("path")
    if not text:
        return found
    return found.filter(
        Q(name__icontains=text)
        | Q(short_name__icontains=text)
        | Q(name_initials__startswith=text.lower())
        | Q(code=text)
    )


def grants(
    *, person: str = "", role: str = "", organization: str = "", state: str = "current"
) -> QuerySet[RoleGrant]:
    """Grants with their person and organisation. `state`: current, coming, over or all."""
    today = clock.today()
    found = RoleGrant.objects.select_related("user", "organization").order_by(
        "organization__path", "role", "user__name", "pk"
    )
    if person:
        found = found.filter(user__in=matching_users(person).values("pk"))
    if organization:
        found = found.filter(organization__in=matching_organizations(organization).values("pk"))
    if role:
        found = found.filter(role=role)
    in_force = Q(valid_to=None) | Q(valid_to__gt=today)
    if state == "current":
        found = found.filter(in_force, valid_from__lte=today)
    elif state == "coming":
        found = found.filter(in_force, valid_from__gt=today)
    elif state == "over":
        found = found.exclude(in_force)
    return found


def live_sessions() -> QuerySet[PortalSession]:
    """Signed-in browsers that are neither idle too long nor too old, last seen first."""
    now = clock.now()
    idle = now - dt.timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    admin_idle = now - dt.timedelta(seconds=settings.SESSION_IDLE_SECONDS_ADMIN)
    oldest = now - dt.timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)
    return (
        PortalSession.objects.filter(
            Q(user__admin_kind="", seen_at__gte=idle) | Q(seen_at__gte=admin_idle),
            created_at__gte=oldest,
            user__is_active=True,
        )
        .select_related("user")
        .order_by("-seen_at", "session_key")
    )


def live_tokens() -> QuerySet[AccessToken]:
    """Everybody's tokens and calendar addresses that still run, last used first. `acts` says
    whether the grant is in force that a token acts in."""
    grants = RoleGrant.objects.current().filter(pk=OuterRef("grant_id"))
    return (
        AccessToken.objects.live(clock.now())
        .annotate(acts=Exists(grants))
        .select_related("user", "grant__organization")
        .order_by(F("last_used_at").desc(nulls_last=True), "-pk")
    )


def api_tokens_of(user: User) -> QuerySet[AccessToken]:
    """The person's tokens that still run, without the address of his calendar."""
    return (
        AccessToken.objects.live(clock.now())
        .filter(user=user)
        .exclude(scope=AccessToken.Scope.CALENDAR)
    )


def session_digest(session_key: str) -> str:
    """Names a session in addresses and in the audit trail without giving its key away."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]


def session_of(user_id: int | None, digest: str) -> PortalSession | None:
    """The person's session with that digest."""
    if user_id is None:
        return None
    for session in PortalSession.objects.filter(user__in=User.objects.filter(pk=user_id)):
        if session_digest(session.session_key) == digest:
            return session
    return None


COLLEAGUES_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whom a person may be offered by name: with him or below him in the tree."""

    username: str
    name: str
    place: str


def colleagues(grant: RoleGrant) -> list[Colleague]:
    """Who holds a role today at the grant's organisation or, where the role reaches below it,
    under it; nearest first, without the holder himself and the administrators. One query."""
    where = Q(organization=grant.organization_id)
    if grant.role_class.inherits:
        where |= below(grant.organization.path, "organization__")
    rows = (
        RoleGrant.objects.current()
        .filter(where, user__admin_kind="")
        .exclude(user=grant.user_id)
        .select_related("user", "organization")
        .order_by("organization__path", "user__name", "pk")[:COLLEAGUES_SHOWN]
    )
    found: dict[str, Colleague] = {}
    for row in rows:
        one = Colleague(row.user.username, row.user.name, str(row.organization))
        found.setdefault(one.username, one)
    return list(found.values())


def called(text: str, among: Iterable[Colleague]) -> list[Colleague]:
    """Those of that name, written out or by pinyin or initials."""
    text = clean(text)
    key = pinyin.query_key(text) if text and pinyin.is_query(text) else ""

    def is_meant(one: Colleague) -> bool:
        if not key:
            return one.name == text
        first = (pinyin.full(one.name, is_name=True), pinyin.initials(one.name, is_name=True))
        return key in first or key in pinyin.spellings(one.name, is_name=True)

    return [one for one in among if is_meant(one)]


def unused_since(moment: dt.datetime) -> QuerySet[User]:
    """Open accounts that neither a person nor a program of his has used since the moment, and that
    were made and last opened before it. A calendar that fetches by itself is no use."""
    used = AccessToken.objects.filter(last_used_at__gte=moment).exclude(
        scope=AccessToken.Scope.CALENDAR
    )
    return User.objects.filter(
        Q(last_login=None) | Q(last_login__lt=moment),
        Q(enabled_at=None) | Q(enabled_at__lt=moment),
        is_active=True,
        created_at__lt=moment,
    ).exclude(pk__in=used.values("user"))


def phone_of(user: User) -> str:
    """The account's phone number; empty when it has none or its key is gone."""
    try:
        return crypto.unseal(user.phone_sealed, column=PHONE_COLUMN, row=user.uid)
    except crypto.Unreadable:
        return ""


def mark_of(user: User) -> str:
    """A mark of what can be edited of the account, to see whether somebody changed it meanwhile."""
    parts = "\0".join((user.name, user.email, user.phone_index or ""))
    return salted_hmac("orgs.accounts.mark", parts).hexdigest()[:32]


def password_mark(user: User) -> str:
    """When the password was set, as the button for resetting it carries it."""
    return user.password_changed_at.isoformat() if user.password_changed_at else ""


def locked_until(user: User) -> dt.datetime | None:
    """Until when the account is locked out from some address after too many failures; None when it
    is not. One query."""
    wait = dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
    last = AccessAttempt.objects.filter(
        username=user.username,
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gt=clock.now() - wait,
    ).aggregate(last=Max("attempt_time"))["last"]
    return last + wait if last else None

"""Deputies: a person lets another act in one of his grants, from one day to another."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from core import audit, clock, notifications
from core.actions import action
from core.actor import Actor
from core.dates import in_words
from core.errors import Conflict, DomainError, NotAllowed

from ..enums import AdminKind
from ..models import DeputyRequest, RoleGrant, User
from ..models.account import normalize_username
from ..queries.deputies import committee_of, works_under
from .watchers import tell_administrators

LONGEST = dt.timedelta(days=60)
FURTHEST = dt.timedelta(days=366)  # ahead that one begins
_NOBODY = "没有可以代理的这个人，请核对姓名；不在本组织和所属组织的，请填登录名。"


@action
def name_deputy(
    *, by: Actor, grant_id: int, username: str, first: dt.date, last: dt.date
) -> RoleGrant | DeputyRequest:
    """Lets the account `username` act in the person's own grant from `first` to `last`, both
    included, 60 days at most. It ends by itself, and at once when the grant it stands on ends.

    Somebody from outside the committee acts only when a level above has confirmed him: then what
    comes back is the request. The security administrator is told when somebody begins to act.

    Raises DomainError when the grant is not one's own or is itself a deputy's, the account is
    unknown, shut or an administrator's, nobody above could confirm, or the dates do not fit;
    Conflict when the other holds the role there already, acts as deputy in these days or has been
    asked for.
    """
    # The lock makes two namings of the same grant wait for each other.
    grant = (
        RoleGrant.objects.select_for_update(of=("self",))
        .filter(pk=grant_id, user_id=by.user_id or 0)
        .select_related("organization", "user")
        .first()
    )
    if grant is None or not RoleGrant.objects.current().filter(pk=grant.pk).exists():
        raise DomainError("这项身份已经失效。")
    if grant.deputy_for_id is not None:
        raise DomainError("代理的身份不能再委托别人。")
    _check_dates(grant, first, last)
    deputy = _deputy(normalize_username(username))
    if deputy.pk == by.user_id:
        raise DomainError("不能委托自己。", field="username")
    _refuse_double(grant, deputy, first, last)
    committee = committee_of(grant.organization)
    if works_under(deputy, committee.path):
        return _lend(grant, deputy, first, last, by=by)
    if committee.parent_id is None:
        raise DomainError(f"{deputy.name}在{committee}没有身份，也没有任职。", field="username")
    return _ask(grant, deputy, first, last, by=by)


@action
def confirm_deputy(*, by: Actor, request_id: int) -> RoleGrant:
    """A level above lets the deputy act, from today where the first day has passed.

    Raises NotAllowed for whom it concerns or who is not above, Conflict when it has been decided
    or the deputy holds the role meanwhile, DomainError when it is over or what it stood on is gone.
    """
    asked = _asked(by, request_id)
    if asked.last < clock.today():
        raise DomainError("委托的日期已经过去。")
    DeputyRequest.machine.move(asked, "confirm", decided_by_name=by.name, decided_at=clock.now())
    grant = RoleGrant.objects.select_for_update(of=("self",)).get(pk=asked.grant_id)
    if not RoleGrant.objects.current().filter(pk=grant.pk).exists():
        raise DomainError("委托人的这项身份已经失效。")
    grant.organization, grant.user = asked.grant.organization, asked.grant.user
    deputy = _deputy(asked.user.username)
    first = max(asked.first, clock.today())
    _refuse_double(grant, deputy, first, asked.last)
    return _lend(grant, deputy, first, asked.last, by=by)


@action
def refuse_deputy(*, by: Actor, request_id: int) -> DeputyRequest:
    """A level above does not let the deputy act. Raises as `confirm_deputy`."""
    asked = _asked(by, request_id)
    DeputyRequest.machine.move(asked, "refuse", decided_by_name=by.name, decided_at=clock.now())
    _record("refused", asked, asked.user, by=by)
    _tell(
        asked.grant.user_id,
        f"deputy-refused:{asked.pk}",
        f"上级没有同意{asked.user.name}代理{asked.grant}",
        "可以改委托本党委的同事。",
    )
    return asked


@action
def withdraw_deputy(*, by: Actor, request_id: int) -> DeputyRequest:
    """Whoever asked takes it back. Raises DomainError when it is not his, Conflict when it has been
    decided."""
    asked = (
        DeputyRequest.objects.filter(pk=request_id, grant__user=by.user_id or 0)
        .select_related("user", "grant__organization")
        .first()
    )
    if asked is None:
        raise DomainError("没有这项委托。")
    _withdraw(asked, by=by)
    return asked


@action
def end_deputy(*, by: Actor, right_id: int) -> RoleGrant:
    """Takes the right back as of today; acts at the deputy's next request.

    Raises DomainError when the person did not name that deputy, Conflict when it is over.
    """
    right = (
        RoleGrant.objects.filter(pk=right_id, deputy_for__user_id=by.user_id or 0)
        .select_related("user", "organization")
        .first()
    )
    if right is None:
        raise DomainError("没有这项委托。")
    _end(right, by=by)
    return right


def end_all_of(*, by: Actor, user: User, why: str) -> int:
    """Ends within the running action whatever `user` holds as somebody's deputy; returns how many
    rights that were. Whoever names somebody keeps him from nothing."""
    running = RoleGrant.objects.filter(
        user=user, deputy_for__isnull=False, valid_to__gt=clock.today()
    ).select_related("user", "organization", "deputy_for")
    rights = list(running)
    for right in rights:
        _end(right, by=by, why=why)
    return len(rights)


def _deputy(username: str) -> User:
    """The account, locked: two people may name the same deputy for the same role."""
    deputy = (
        User.objects.select_for_update()
        .filter(username=username, is_active=True, admin_kind="")
        .first()
    )
    if deputy is None:
        raise DomainError(_NOBODY, field="username")
    return deputy


def _refuse_double(grant: RoleGrant, deputy: User, first: dt.date, last: dt.date) -> None:
    same = RoleGrant.objects.filter(
        user=deputy,
        role=grant.role,
        organization=grant.organization,
        valid_from__lt=last + dt.timedelta(days=1),
    )
    if same.filter(Q(valid_to=None) | Q(valid_to__gt=first)).exists():
        raise Conflict(f"{deputy.name}在这段时间内已有这项身份。", field="username")


def _lend(grant: RoleGrant, deputy: User, first: dt.date, last: dt.date, *, by: Actor) -> RoleGrant:
    right = RoleGrant.objects.create(
        user=deputy,
        role=grant.role,
        organization=grant.organization,
        valid_from=first,
        valid_to=last + dt.timedelta(days=1),
        granted_by_name=by.name,
        granted_at=clock.now(),
        deputy_for=grant,
    )
    days = f"{in_words(first)}至{in_words(last)}，到期自动结束。"
    _record(
        "named", right, deputy, by=by, valid_from=[None, first], valid_to=[None, right.valid_to]
    )
    _tell(deputy.pk, _key(right, "named"), f"{grant.user.name}委托你代理{grant}", days)
    if by.user_id != grant.user_id:
        title = f"上级已同意{deputy.name}代理{grant}"
        _tell(grant.user_id, _key(right, "confirmed"), title, days)
    tell_administrators(
        AdminKind.SECURITY,
        key=_key(right, "watched"),
        title=f"{grant.user.name}委托{deputy.name}代理{grant}",
        body=days,
        url=reverse("orgs:grant-list"),
    )
    return right


def _ask(
    grant: RoleGrant, deputy: User, first: dt.date, last: dt.date, *, by: Actor
) -> DeputyRequest:
    # Nobody decided in time: it stands on no page any more, and must not bar a new one.
    stale = DeputyRequest.objects.filter(grant=grant, user=deputy, last__lt=clock.today())
    for asked in stale.filter(state=DeputyRequest.State.ASKED):  # one at most
        _withdraw(asked, by=by)
    try:
        with transaction.atomic():
            asked = DeputyRequest.objects.create(
                grant=grant, user=deputy, first=first, last=last, asked_at=clock.now()
            )
    except IntegrityError as error:
        raise Conflict(f"已申请由{deputy.name}代理，正在等上级确认。", field="username") from error
    _record("asked", asked, deputy, by=by, valid_from=[None, first], valid_to=[None, asked.until])
    return asked


def _withdraw(asked: DeputyRequest, *, by: Actor) -> None:
    DeputyRequest.machine.move(asked, "withdraw", decided_by_name=by.name, decided_at=clock.now())
    _record("withdrawn", asked, asked.user, by=by)


def _asked(by: Actor, request_id: int) -> DeputyRequest:
    """The request, if it is the actor's to decide. Raises NotAllowed."""
    asked = (
        DeputyRequest.objects.to_decide(by)
        .filter(pk=request_id)
        .select_related("user", "grant__organization", "grant__user")
        .first()
    )
    if asked is None:
        raise NotAllowed("委托由委托人的上级确认，不能由本人或代理人办理。")
    return asked


def _end(right: RoleGrant, *, by: Actor, why: str = "") -> None:
    last = max(clock.today(), right.valid_from)  # one that has not begun never will
    before = right.valid_to
    RoleGrant.machine.move(right, "end_deputy", where=Q(valid_to__gt=last), valid_to=last)
    _record("ended", right, right.user, by=by, note=why, valid_to=[before, last])
    _tell(right.user_id, _key(right, f"ended:{last:%Y%m%d}"), f"{by.name}已结束委托：{right}", why)


def _check_dates(grant: RoleGrant, first: dt.date, last: dt.date) -> None:
    if first < clock.today():
        raise DomainError("开始日期不能早于今天。", field="first")
    if first - clock.today() > FURTHEST:
        raise DomainError("开始日期最多在一年以内。", field="first")
    if last < first:
        raise DomainError("结束日期不能早于开始日期。", field="last")
    if last - first >= LONGEST:
        raise DomainError(f"一次最多委托 {LONGEST.days} 天。", field="last")
    if grant.valid_to is not None and last >= grant.valid_to:
        day = grant.valid_to - dt.timedelta(days=1)
        raise DomainError(f"自己的这项身份只到{in_words(day)}。", field="last")


def _key(right: RoleGrant, what: str) -> str:
    return f"deputy:{right.pk}:{what}"


def _record(
    what: str,
    row: RoleGrant | DeputyRequest,
    deputy: User,
    *,
    by: Actor,
    note: str = "",
    **changes: Any,
) -> None:
    grant = row.grant if isinstance(row, DeputyRequest) else row
    audit.record(
        by=by,
        verb=f"orgs.deputy.{what}",
        obj=row,
        label=f"{deputy.name}：{grant}",
        organization_id=grant.organization_id,
        organization_path=grant.organization.path,
        changes={"deputy": [None, deputy.name], **changes} if what != "ended" else changes,
        note=note,
    )


def _tell(user_id: int, key: str, title: str, body: str) -> None:
    notifications.tell([notifications.Message(user_id=user_id, key=key, title=title, body=body)])

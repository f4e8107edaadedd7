"""Deputies: a person lets another act in one of his grants, from one day to another."""

import datetime as dt

from django.db.models import Q

from core import audit, clock, notifications
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError

from ..models import RoleGrant, User
from ..models.account import normalize_username

LONGEST = dt.timedelta(days=183)
_NOBODY = "没有可以代理的这个人，请核对姓名；不在本组织和所属组织的，请填登录名。"


@action
def name_deputy(
    *, by: Actor, grant_id: int, username: str, first: dt.date, last: dt.date
) -> RoleGrant:
    """Lets the account `username` act in the person's own grant from `first` to `last`, both
    included. It ends by itself, and at once when the grant it stands on ends.

    Raises DomainError when the grant is not one's own or is itself a deputy's, the account is
    unknown, shut or an administrator's, or the dates do not fit; Conflict when the other holds
    the role there already or acts as deputy in these days.
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
    # Locked too: two people may name the same deputy for the same role.
    deputy = (
        User.objects.select_for_update()
        .filter(username=normalize_username(username), is_active=True, admin_kind="")
        .first()
    )
    if deputy is None:
        raise DomainError(_NOBODY, field="username")
    if deputy.pk == by.user_id:
        raise DomainError("不能委托自己。", field="username")
    until = last + dt.timedelta(days=1)
    same = RoleGrant.objects.filter(
        user=deputy, role=grant.role, organization=grant.organization, valid_from__lt=until
    )
    if same.filter(valid_to=None).exists() or same.filter(valid_to__gt=first).exists():
        raise Conflict(f"{deputy.name}在这段时间内已有这项身份。", field="username")
    right = RoleGrant.objects.create(
        user=deputy,
        role=grant.role,
        organization=grant.organization,
        valid_from=first,
        valid_to=until,
        granted_by_name=by.name,
        granted_at=clock.now(),
        deputy_for=grant,
    )
    audit.record(
        by=by,
        verb="orgs.deputy.named",
        obj=right,
        label=f"{deputy.name}：{right}",
        organization_id=grant.organization_id,
        organization_path=grant.organization.path,
        changes={
            "deputy": [None, deputy.name],
            "valid_from": [None, first],
            "valid_to": [None, until],
        },
    )
    _tell(right, f"{by.name}委托你代理{grant}", f"{_day(first)}至{_day(last)}，到期自动结束。")
    return right


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
    last = max(clock.today(), right.valid_from)  # one that has not begun never will
    before = right.valid_to
    RoleGrant.machine.move(right, "end_deputy", where=Q(valid_to__gt=last), valid_to=last)
    audit.record(
        by=by,
        verb="orgs.deputy.ended",
        obj=right,
        label=f"{right.user.name}：{right}",
        organization_id=right.organization_id,
        organization_path=right.organization.path,
        changes={"valid_to": [before, last]},
    )
    _tell(right, f"{by.name}已结束委托：{right}", "")
    return right


def _check_dates(grant: RoleGrant, first: dt.date, last: dt.date) -> None:
    if first < clock.today():
        raise DomainError("开始日期不能早于今天。", field="first")
    if last < first:
        raise DomainError("结束日期不能早于开始日期。", field="last")
    if last - first > LONGEST:
        raise DomainError("一次最多委托半年。", field="last")
    if grant.valid_to is not None and last >= grant.valid_to:
        day = grant.valid_to - dt.timedelta(days=1)
        raise DomainError(f"自己的这项身份只到{_day(day)}。", field="last")


def _day(day: dt.date) -> str:
    return f"{day:%Y年%-m月%-d日}"


def _tell(right: RoleGrant, title: str, body: str) -> None:
    key = f"deputy:{right.pk}:{right.valid_to:%Y%m%d}:{bool(body)}"
    notifications.tell(
        [notifications.Message(user_id=right.user_id, key=key, title=title, body=body)]
    )

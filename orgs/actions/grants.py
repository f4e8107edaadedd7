"""Work roles: given at a node of the tree, and taken back. The security administrator's part."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.notifications import Message, tell
from core.states import Stale

from .. import tree
from ..models import OfficeHolding, Organization, RoleGrant, User
from ..queries.account_plans import grant_plan
from ..queries.ceasing import standing_at
from ..roles import WORK_ROLES, role_of_office


@action
def give(
    *,
    by: Actor,
    user_id: int,
    role: str,
    organization_id: int,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
) -> RoleGrant:
    """Lets a person act in a role at an organisation from `valid_from` until before `valid_to`.

    Raises DomainError when the role is none for that kind of organisation, the account is shut
    or an administrator's, or the dates are reversed; NotAllowed for oneself; Conflict when the
    person already holds it within these dates.
    """
    role_class = WORK_ROLES.get(role)
    if role_class is None:
        raise DomainError("没有这个角色。", field="role")
    # The lock makes two grants of the same role to the same person wait for each other.
    user = User.objects.select_for_update().filter(pk=user_id).first()
    organization = Organization.objects.active().filter(pk=organization_id).first()
    if user is None:
        raise DomainError("请选择人员。", field="user")
    if organization is None:
        raise DomainError("请选择一个现有的组织。", field="organization")
    if user.pk == by.user_id:
        raise NotAllowed("不能给自己授权。", field="user")
    if user.admin_kind:
        raise DomainError(
            f"{user.name}是{user.get_admin_kind_display()}，管理员不能兼任业务角色。", field="user"
        )
    if not user.is_active:
        raise DomainError("这个账号已停用，请先由系统管理员启用。", field="user")
    if organization.kind not in role_class.kinds:
        raise DomainError(
            f"“{role_class.label}”不能授予{organization.get_kind_display()}。", field="organization"
        )
    if valid_to is not None and valid_to <= valid_from:
        raise DomainError("失效日期应晚于生效日期。", field="valid_to")
    overlapping = RoleGrant.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=valid_from),
        user=user,
        role=role,
        organization=organization,
        deputy_for=None,
    )
    if valid_to is not None:
        overlapping = overlapping.filter(valid_from__lt=valid_to)
    if overlapping.exists():
        raise Conflict(f"{user.name}在这段时间内已有这项授权。", field="user")
    try:
        with transaction.atomic():
            grant = RoleGrant.objects.create(
                user=user,
                role=role,
                organization=organization,
                valid_from=valid_from,
                valid_to=valid_to,
                granted_by_name=by.name,
                granted_at=clock.now(),
            )
    except IntegrityError as error:
        raise Conflict("刚刚已有人作了这项授权。", field="user") from error
    changes = {
        "role": [None, role],
        "valid_from": [None, valid_from],
        "valid_to": [None, valid_to],
    }
    _record("given", grant, changes, by=by)
    return grant


@action
def end(*, by: Actor, grant_id: int, reason: str) -> RoleGrant:
    """Takes a grant back as of today. Acts at the person's next request.

    Raises Conflict when it is over already, NotAllowed for one's own.
    """
    grant = RoleGrant.objects.select_related("user", "organization").get(pk=grant_id)
    if grant.user_id == by.user_id:
        raise NotAllowed("不能处理自己的授权。")
    today = clock.today()
    last = max(today, grant.valid_from)  # one that has not begun never will
    before = grant.valid_to
    RoleGrant.machine.move(
        grant, "end", where=Q(valid_to=None) | Q(valid_to__gt=last), valid_to=last
    )
    _record("ended", grant, {"valid_to": [before, last]}, by=by, note=reason)
    return grant


@action
def give_for_offices(*, by: Actor, within: str = "", seen: str | None = None) -> int:
    """Gives whoever holds an office at or under the path `within` the role that it brings, from
    today, where he has none yet; returns how many grants were given. Safe to repeat.

    `seen` is the mark of the preview (`grant_plan`): Stale when something else would be given.
    Queries do not grow with the rows but for batches.
    """
    tree.lock()
    # As `give` does: the lock makes two grants to the same person wait for each other.
    people = {row.user.pk for row in grant_plan(within=within, but=by.user_id).rows}
    list(User.objects.select_for_update().filter(pk__in=people).order_by("pk").values_list("pk"))
    plan = grant_plan(within=within, but=by.user_id)
    if seen is not None and seen != plan.mark:
        raise Stale("名单刚刚有变化，没有授权。请核对下面现在的名单再确认。", None)
    now, today = clock.now(), clock.today()
    given = [
        RoleGrant(
            user=row.user,
            role=row.role,
            organization=row.organization,
            valid_from=today,
            granted_by_name=by.name,
            granted_at=now,
        )
        for row in plan.rows
    ]
    RoleGrant.objects.bulk_create(given, batch_size=500)
    for grant in given:
        changes = {"role": [None, grant.role], "valid_from": [None, today]}
        _record("given", grant, changes, by=by, note="按任职批量授权")
    return len(given)


def end_of_offices(*, by: Actor, holdings: Sequence[OfficeHolding]) -> list[RoleGrant]:
    """Ends as of today, within the running action, the grants that stood on these offices, which
    have just been given up: of each account the role that the post brought at its organisation,
    unless another office there still brings it. Tells the people. Nothing for offices without an
    account; else two queries, and four for the grants found."""
    tied = [holding for holding in holdings if holding.user_id]
    if not tied:
        return []
    users = {holding.user_id for holding in tied}
    left = OfficeHolding.objects.current().filter(user__in=users).select_related("organization")
    stands = {_right(holding) for holding in left}
    over = {_right(holding) for holding in tied} - stands
    today = clock.today()
    running = (
        RoleGrant.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=today),
            user__in=users,
            organization__in={place for _user, place, _role in over},
            deputy_for=None,
        )
        .select_related("user", "organization")
        .order_by("pk")
    )
    ended = [g for g in running if (g.user_id, g.organization_id, g.role) in over]
    if not ended:
        return []
    _end_all(ended, by=by, note="不再任职")
    tell(
        Message(
            user_id=grant.user_id,
            key=f"grant-over:{grant.pk}:{today}",
            title=f"{grant.organization}的{grant.role_class.label}授权已结束",
            body="任职已登记结束，对应的授权同时结束。有误的，请联系上级党务人员更正任职。",
        )
        for grant in ended
    )
    return ended


def _right(holding: OfficeHolding) -> tuple[int | None, int, str]:
    role = role_of_office(holding.organization.kind, holding.post)
    return holding.user_id, holding.organization_id, role


@action
def end_at(*, by: Actor, organization: Organization) -> int:
    """Ends as of today all grants at an organisation that ceases, deputies' among them; returns how
    many. Tells the people. However many there are, as many queries."""
    ended = list(standing_at(organization).select_for_update(of=("self",)))
    _end_all(ended, by=by, note=f"{organization}不再存在")
    tell(
        Message(
            user_id=grant.user_id,
            key=f"grant:{grant.pk}:ceased",
            title=f"{grant}的授权已结束",
            body=f"{organization}已合并或撤销。",
        )
        for grant in ended
    )
    return len(ended)


def _end_all(ended: Sequence[RoleGrant], *, by: Actor, note: str) -> None:
    """Ends the grants as of today, each with its entry; one that has not begun never will."""
    today = clock.today()
    rows = RoleGrant.objects.filter(pk__in=[grant.pk for grant in ended])
    RoleGrant.machine.move_many(rows.filter(valid_from__gt=today), "end", valid_to=F("valid_from"))
    RoleGrant.machine.move_many(rows.filter(valid_from__lte=today), "end", valid_to=today)
    for grant in ended:
        last = max(today, grant.valid_from)
        _record("ended", grant, {"valid_to": [grant.valid_to, last]}, by=by, note=note)


def _record(
    what: str, grant: RoleGrant, changes: dict[str, Any], *, by: Actor, note: str = ""
) -> None:
    audit.record(
        by=by,
        verb=f"orgs.grant.{what}",
        obj=grant,
        label=f"{grant.user.name}：{grant}",
        organization_id=grant.organization_id,
        organization_path=grant.organization.path,
        changes=changes,
        note=note,
    )

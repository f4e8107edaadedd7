"""Work roles: given at a node of the tree, and taken back. The security administrator's part."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed

from ..models import Organization, RoleGrant, User
from ..roles import WORK_ROLES


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
    audit.record(
        by=by,
        verb="orgs.grant.given",
        obj=grant,
        label=f"{user.name}：{grant}",
        organization_id=organization.pk,
        organization_path=organization.path,
        changes={
            "role": [None, role],
            "valid_from": [None, valid_from],
            "valid_to": [None, valid_to],
        },
    )
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
    audit.record(
        by=by,
        verb="orgs.grant.ended",
        obj=grant,
        label=f"{grant.user.name}：{grant}",
        organization_id=grant.organization_id,
        organization_path=grant.organization.path,
        changes={"valid_to": [before, last]},
        note=reason,
    )
    return grant

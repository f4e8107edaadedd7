"""The three administrators: one proposes, another confirms. Nobody makes himself one."""

from django.db import IntegrityError, transaction
from django.db.models import Q

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed

from ..enums import AdminKind
from ..models import AdministratorProposal, RoleGrant, User
from . import tokens
from .accounts import Credentials, end_sessions_of, give_secret, replace_password
from .deputies import end_all_of

_HOLDS_GRANTS = "{name}还有未结束的授权。管理员不能兼任业务角色，请先由安全管理员结束这些授权。"
FIRST_THREE = (
    ("sysadmin", "系统管理员", AdminKind.SYSTEM),
    ("secadmin", "安全管理员", AdminKind.SECURITY),
    ("auditor", "审计管理员", AdminKind.AUDIT),
)


@action
def propose(*, by: Actor, user_id: int, admin_kind: str, reason: str) -> AdministratorProposal:
    """Proposes to make somebody an administrator of `admin_kind`, or none ("").

    Raises NotAllowed for oneself, Conflict while another proposal about the person is open.
    """
    if by.user_id is None:
        raise NotAllowed("任免须由管理员提请。")
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise DomainError("请选择人员。", field="user")
    if admin_kind not in AdminKind.values:
        raise DomainError("请选择管理员类别。", field="admin_kind")
    if user.pk == by.user_id:
        raise NotAllowed("不能提名自己，也不能提请免去自己。", field="user")
    if user.admin_kind == admin_kind:
        raise DomainError(
            f"{user.name}已经是{user.get_admin_kind_display()}。"
            if admin_kind
            else f"{user.name}不是管理员。",
            field="admin_kind",
        )
    if not user.is_active:
        raise DomainError("这个账号已停用。", field="user")
    if admin_kind and _holds_grants(user):
        raise DomainError(_HOLDS_GRANTS.format(name=user.name), field="user")
    try:
        with transaction.atomic():
            proposal = AdministratorProposal.objects.create(
                user=user,
                admin_kind=admin_kind,
                reason=reason,
                proposed_by_id=by.user_id,
                proposed_at=clock.now(),
            )
    except IntegrityError as error:
        raise Conflict(f"{user.name}已有一项任免待确认。", field="user") from error
    audit.record(
        by=by,
        verb="orgs.administrator.proposed",
        obj=user,
        changes={"admin_kind": [user.admin_kind, admin_kind]},
        note=reason,
    )
    return proposal


@action
def confirm(*, by: Actor, proposal_id: int) -> AdministratorProposal:
    """Carries a proposal out: the second person's part. Ends the person's sessions and
    tokens.

    Raises NotAllowed for the proposer and for the person concerned, Conflict when it has been
    decided, DomainError when the person holds grants, his account was shut meanwhile, or he would
    be the last of his kind to go.
    """
    proposal = _decide(by=by, proposal_id=proposal_id, act="confirm")
    user = User.objects.select_for_update().get(pk=proposal.user_id)
    before = user.admin_kind
    if before:
        _leave_one(before, but=user)
    if proposal.admin_kind and not user.is_active:
        raise DomainError("这个账号在提请之后已停用，请否决这项任免。")
    if proposal.admin_kind and _holds_grants(user):
        raise DomainError(_HOLDS_GRANTS.format(name=user.name))
    if proposal.admin_kind:
        end_all_of(by=by, user=user, why="代理人已任管理员。")
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(
                admin_kind=proposal.admin_kind,
                # An administrator's password is longer: chosen anew at the next sign-in.
                must_change_password=bool(proposal.admin_kind) or user.must_change_password,
            )
    except IntegrityError as error:  # the database's own guard
        raise DomainError(_HOLDS_GRANTS.format(name=user.name)) from error
    ended = end_sessions_of(user)
    revoked = tokens.revoke_all(by=by, user_ids=[user.pk], with_calendar=True)
    audit.record(
        by=by,
        verb="orgs.administrator.confirmed",
        obj=user,
        changes={
            "admin_kind": [before, proposal.admin_kind],
            "sessions": [ended, 0],
            "tokens": [revoked, 0],
        },
        note=proposal.reason,
    )
    return proposal


@action
def refuse(*, by: Actor, proposal_id: int) -> AdministratorProposal:
    """Turns a proposal down. As with `confirm`, neither the proposer nor the person concerned."""
    proposal = _decide(by=by, proposal_id=proposal_id, act="refuse")
    audit.record(
        by=by,
        verb="orgs.administrator.refused",
        obj=proposal.user,
        changes={"admin_kind": [proposal.user.admin_kind, proposal.admin_kind]},
        note=proposal.reason,
    )
    return proposal


@action
def withdraw(*, by: Actor, proposal: AdministratorProposal) -> AdministratorProposal:
    """Whoever proposed it takes it back. Raises NotAllowed for anybody else, Conflict when it has
    been decided."""
    if by.user_id is None or proposal.proposed_by_id != by.user_id:
        raise NotAllowed("任免由提请的管理员撤回。")
    AdministratorProposal.machine.move(proposal, "withdraw", decided_at=clock.now())
    audit.record(
        by=by,
        verb="orgs.administrator.withdrawn",
        obj=proposal.user,
        changes={"admin_kind": [proposal.user.admin_kind, proposal.admin_kind]},
        note=proposal.reason,
    )
    return proposal


def _decide(*, by: Actor, proposal_id: int, act: str) -> AdministratorProposal:
    """One conditional UPDATE: of several persons deciding at once exactly one does."""
    proposal = AdministratorProposal.objects.select_related("user").get(pk=proposal_id)
    if proposal.proposed_by_id == by.user_id:
        raise NotAllowed("提请人不能自己确认，请由另一名管理员办理。")
    if proposal.user_id == by.user_id:
        raise NotAllowed("不能办理关于自己的任免。")
    AdministratorProposal.machine.move(
        proposal,
        act,
        where=~Q(proposed_by_id=by.user_id),
        decided_by_id=by.user_id,
        decided_at=clock.now(),
    )
    return proposal


def _holds_grants(user: User) -> bool:
    """Of his own: what he does as somebody's deputy ends with the appointment."""
    return RoleGrant.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=clock.today()), user=user, deputy_for=None
    ).exists()


def _leave_one(admin_kind: str, *, but: User) -> None:
    """Raises DomainError when `but` is the only one of his kind who can sign in."""
    kind = User.objects.select_for_update().filter(admin_kind=admin_kind, is_active=True)
    if not [pk for pk in kind.order_by("pk").values_list("pk", flat=True) if pk != but.pk]:
        raise DomainError(f"{AdminKind(admin_kind).label}至少保留一名，请先增加另一名。")


@action
def create_first_three(*, by: Actor) -> list[Credentials]:
    """Opens the three administrators' accounts of a new installation, each with a one-time secret.

    Raises Conflict when there is any administrator: from then on it takes two persons.
    """
    if User.objects.exclude(admin_kind=AdminKind.NONE).exists():
        raise Conflict("已有管理员，请在页面上由两人办理任免。")
    made = []
    for username, name, kind in FIRST_THREE:
        if User.objects.filter(username=username).exists():
            raise Conflict(f"登录名 {username} 已有人使用。")
        user = User(username=username, name=name, admin_kind=kind, created_at=clock.now())
        secret = give_secret(user)
        user.save(force_insert=True)
        audit.record(
            by=by,
            verb="orgs.administrator.created",
            obj=user,
            changes={"admin_kind": [None, kind]},
        )
        made.append(Credentials(user, secret))
    return made


@action
def reset_administrator(*, by: Actor, username: str) -> Credentials:
    """A new one-time secret for an administrator: from the server's console only.

    Raises DomainError when there is no administrator of that login name.
    """
    user = (
        User.objects.select_for_update()
        .filter(username=User.normalize_username(username), is_active=True)
        .exclude(admin_kind=AdminKind.NONE)
        .first()
    )
    if user is None:
        raise DomainError(f"没有登录名为 {username} 的管理员。")
    return Credentials(user, replace_password(by=by, user=user))

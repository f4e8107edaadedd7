"""Looking at a sealed item in full: one item of one record, with a reason, counted."""

import datetime as dt

from core import audit, clock, crypto
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.models import AuditEntry
from orgs.models import User
from orgs.permissions import Permission

from ..enums import RevealedField
from ..models import Member

VERB = "members.member.reveal"
HOURLY_CAP = 30
MINIMUM_REASON = 4


class TooManyReveals(DomainError):
    """The person has looked at as many items as one hour allows."""

    status = 429


@action
def reveal(*, member: Member, item: RevealedField | str, reason: str, by: Actor) -> str:
    """The full value of one sealed item; who asked, why, and for what is kept in the audit trail.

    Raises DomainError without a reason of four characters, TooManyReveals above 30 an hour.
    `member` comes with its organisation.
    """
    if not by.may(Permission.MEMBER_REVEAL) or not by.covers(member.organization.path):
        raise NotAllowed("没有查看完整信息的权限。")
    if item not in RevealedField.values:
        raise DomainError("没有这一项。", field="item")
    reason = reason.strip()
    if len(reason) < MINIMUM_REASON:
        raise DomainError(f"请写明查看的事由（至少 {MINIMUM_REASON} 个字）。", field="reason")
    if len(reason) > 200:
        raise DomainError("事由最多 200 个字。", field="reason")
    if by.user_id is None:
        raise NotAllowed("只有登录的人能查看完整信息。")
    # The lock makes parallel requests of one person count one after the other.
    User.objects.select_for_update().get(pk=by.user_id)
    since = clock.now() - dt.timedelta(hours=1)
    times = AuditEntry.objects.filter(verb=VERB, user_id=by.user_id, at__gt=since).order_by("at")
    recent = list(times.values_list("at", flat=True)[: HOURLY_CAP + 1])
    if len(recent) >= HOURLY_CAP:
        wait = (recent[0] + dt.timedelta(hours=1) - clock.now()).total_seconds()
        raise TooManyReveals(
            f"一小时内最多查看 {HOURLY_CAP} 项，请 {max(1, round(wait / 60))} 分钟后再来。"
            "需要成批使用时，请用导出并写明用途。"
        )
    field = RevealedField(item)
    try:
        value = member.unsealed(field)
    except crypto.Unreadable as error:
        raise DomainError("这一项无法读取，请联系系统管理员检查密钥。") from error
    if not value:
        raise DomainError("这一项没有登记。")
    audit.record(
        by=by,
        verb=VERB,
        obj=member,
        organization_id=member.organization_id,
        organization_path=member.organization.path,
        changes={"item": [None, field.label]},
        note=reason,
    )
    return value

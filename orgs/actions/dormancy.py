"""Accounts that nobody uses are shut (GB/T 22239-2019, L3-CES1-07: 应及时删除或停用多余的、过期的账户)."""

import datetime as dt

from django.conf import settings

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.batches import batched
from core.notifications import Message, tell

from ..enums import AdminKind
from ..models import PortalSession, User
from ..queries.accounts import unused_since
from . import tokens

NAMED = 20
# More than these in one night, and more than a fifth of all, is no dormancy: it is a wrong clock.
FEW = 20


@action
def shut_dormant(*, by: Actor) -> int:
    """Shuts the accounts unused for ACCOUNT_DORMANT_DAYS, ends their sessions and tokens, and
    tells the system administrators, who can open them again; returns how many.

    Administrators are named in the message and not shut: that takes two persons. When it would be
    more than a fifth of all accounts nobody is shut and the message asks why.
    """
    days = settings.ACCOUNT_DORMANT_DAYS
    if not days:
        return 0
    moment = clock.now() - dt.timedelta(days=days)
    idle = list(unused_since(moment).select_for_update().order_by("name", "pk"))
    users = [user for user in idle if not user.admin_kind]
    administrators = [user for user in idle if user.admin_kind]
    most = max(FEW, User.objects.filter(is_active=True).count() // 5)
    if len(users) > most:
        _tell(
            f"有 {len(users)} 个账号 {days} 天未使用，超过全部账号的五分之一，没有自动停用。"
            "请核对服务器的时间；确实不用的账号请逐个停用。",
            days,
            monthly=True,
        )
        return 0
    ids = [user.pk for user in users]
    for some in batched(ids, 500):
        User.machine.move_many(User.objects.filter(pk__in=some), "disable")
        PortalSession.objects.filter(user__in=some).delete()
    tokens.revoke_all(by=by, user_ids=ids, with_calendar=True)
    for user in users:
        audit.record(
            by=by,
            verb="orgs.user.disabled",
            obj=user,
            changes={"is_active": [True, False]},
            note=f"{days} 天未使用",
        )
    lines = []
    if users:
        more = f"等 {len(users)} 人" if len(users) > NAMED else ""
        lines.append(f"已停用：{'、'.join(user.name for user in users[:NAMED])}{more}。")
        lines.append("本人需要时，在账号页重新启用。")
    if administrators:
        names = "、".join(user.name for user in administrators)
        lines.append(f"管理员 {names} 同样久未登录，不自动停用，请核实是否需要免去。")
    if lines:
        _tell("\n".join(lines), days, monthly=not users)
    return len(users)


def _tell(body: str, days: int, *, monthly: bool) -> None:
    """Tells the system administrators today; `monthly`: once a month, for what stays as it is."""
    today = clock.today()
    day = f"{today:%Y%m}" if monthly else f"{today:%Y%m%d}"
    tell(
        Message(
            user_id=user_id,
            key=f"dormant:{day}:{user_id}",
            title=f"{days} 天未使用的账号",
            body=body,
        )
        for user_id in User.objects.filter(admin_kind=AdminKind.SYSTEM, is_active=True).values_list(
            "pk", flat=True
        )
    )

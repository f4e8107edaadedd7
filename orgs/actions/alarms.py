"""Telling the security administrators of what is conspicuous, once a day each."""

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.notifications import Message, tell

from .. import alarms
from ..enums import AdminKind
from ..models import User


@action
def raise_alarms(*, by: Actor) -> int:
    """Tells every security administrator what the rules find in the last 24 hours; returns how many
    alarms were new. Run twice it tells nobody twice: the same thing is told once a day.

    Queries do not grow with what is found, but for one entry of the trail and its messages each.
    """
    watchers = _administrators(AdminKind.SECURITY)
    new = 0
    for rule in alarms.registered():
        for found in rule.find(alarms.since()):
            key = f"alarm:{rule.key}:{found.subject}:{clock.today():%Y%m%d}"
            if _told(watchers, key, found.title, found.body):
                audit.record(
                    by=by,
                    verb="orgs.alarm.raised",
                    object_type="orgs.alarm",
                    object_id=found.subject,
                    label=f"{rule.label}：{found.title}",
                )
                new += 1
    return new


@action
def check_chain(*, by: Actor) -> int:
    """Recomputes the audit chain; tells security and audit administrators, once a day, when it does
    not hold. Returns how many places are wrong."""
    problems = audit.verify().problems
    if problems:
        watchers = _administrators(AdminKind.SECURITY, AdminKind.AUDIT)
        title = f"审计链有 {len(problems)} 处异常"
        body = "\n".join(problems[:20]) + "\n请保全数据库和备份，核对是谁改动了数据库。"
        if _told(watchers, f"alarm:chain:{clock.today():%Y%m%d}", title, body):
            audit.record(
                by=by,
                verb="orgs.alarm.raised",
                object_type="orgs.alarm",
                object_id="chain",
                label=title,
            )
    return len(problems)


def _administrators(*kinds: AdminKind) -> list[int]:
    found = User.objects.filter(is_active=True, admin_kind__in=kinds)
    return list(found.order_by("pk").values_list("pk", flat=True))


def _told(watchers: list[int], key: str, title: str, body: str) -> int:
    return tell(
        Message(user_id=pk, key=f"{key}:{pk}", title=title, body=body, about="alarm")
        for pk in watchers
    )

"""Telling the administrators of what is conspicuous, once a day each."""

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.models import Notification

from .. import alarms
from ..enums import AdminKind
from .watchers import tell_administrators


@action
def raise_alarms(*, by: Actor) -> int:
    """Tells every security administrator what the rules find in the last 24 hours; returns how many
    alarms were new. Run twice it tells nobody twice: the same thing is told once in 24 hours.

    Queries do not grow with what is found, but for one entry of the trail and its messages each.
    """
    recently, new = _recently(), 0
    for rule in alarms.registered():
        for found in rule.find(alarms.since()):
            about = f"{alarms.ALARM}{rule.key}:{found.subject}"[:60]  # as long as the column is
            if about in recently or not _tell(AdminKind.SECURITY, about=about, found=found):
                continue
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
    if not problems or "alarm:chain" in _recently():
        return len(problems)
    title = f"审计链有 {len(problems)} 处异常"
    body = "\n".join(problems[:20]) + "\n请保全数据库和备份，核对是谁改动了数据库。"
    found = alarms.Alarm("chain", title, body)
    if _tell(AdminKind.SECURITY, AdminKind.AUDIT, about="alarm:chain", found=found):
        audit.record(
            by=by,
            verb="orgs.alarm.raised",
            object_type="orgs.alarm",
            object_id="chain",
            label=title,
        )
    return len(problems)


def _recently() -> set[str]:
    """What has been told in the last 24 hours. One query."""
    found = Notification.objects.filter(
        about__startswith=alarms.ALARM, created_at__gt=alarms.since()
    )
    return set(found.values_list("about", flat=True))


def _tell(*kinds: AdminKind, about: str, found: alarms.Alarm) -> int:
    """How many were told. The key has the minute: two runs at once tell once, too."""
    key = f"{about}:{clock.now():%Y%m%d%H%M}"
    return tell_administrators(*kinds, key=key, title=found.title, body=found.body, about=about)

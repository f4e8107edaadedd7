"""Telling the security administrators of what is conspicuous, once a day each."""

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.models import Notification
from core.notifications import Message, tell

from .. import alarms
from ..enums import AdminKind
from ..models import User


@action
def raise_alarms(*, by: Actor) -> int:
    """Tells every security administrator what the rules find in the last 24 hours; returns how many
    alarms were new. Run twice it tells nobody twice: the same thing is told once in 24 hours.

    Queries do not grow with what is found, but for one entry of the trail and its messages each.
    """
    watchers = _administrators(AdminKind.SECURITY)
    recently = _recently()
    new = 0
    for rule in alarms.registered():
        for found in rule.find(alarms.since()):
            about = f"alarm:{rule.key}:{found.subject}"[:60]  # as long as the column is
            if about not in recently and _told(watchers, about, found.title, found.body):
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
        if "alarm:chain" not in _recently() and _told(watchers, "alarm:chain", title, body):
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


def _recently() -> set[str]:
    """What has been told in the last 24 hours. One query."""
    found = Notification.objects.filter(about__startswith="alarm:", created_at__gt=alarms.since())
    return set(found.values_list("about", flat=True))


def _told(watchers: list[int], about: str, title: str, body: str) -> int:
    """How many were told. The key has the minute: two runs at once tell once, too."""
    moment = f"{clock.now():%Y%m%d%H%M}"
    return tell(
        Message(user_id=pk, key=f"{about}:{moment}:{pk}", title=title, body=body, about=about)
        for pk in watchers
    )

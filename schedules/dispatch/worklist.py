"""What this app adds to everybody's list: the meetings that one is called to."""

from django.utils import timezone

from core import clock
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from .queries.found import meetings_to_come


def provide(actor: Actor, work: Worklist) -> None:
    """Meetings to come, the next one first. One query."""
    if not actor.may(Permission.DISPATCH_PROPOSE):
        return
    today = clock.today()
    for meeting in meetings_to_come(actor):
        start = timezone.localtime(meeting.starts_at)
        days = (start.date() - today).days
        work.items.append(
            WorkItem(
                title=str(meeting),
                text=f"{start:%H:%M}，全程不超过 {meeting.cap_minutes} 分钟，{meeting.place or '地点未定'}。",
                url=meeting.get_absolute_url(),
                button="看议程",
                lead=f"{start:%-m月%-d日}",
                lead_note="今天" if not days else f"还有 {days} 天",
                tone="warn" if days <= 1 else "",
                order=(3, days),
            )
        )

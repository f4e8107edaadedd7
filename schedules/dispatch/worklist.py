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
                text=f"{start:%-m月%-d日 %H:%M} {meeting.place}".strip(),
                url=meeting.get_absolute_url(),
                button="看议程",
                due_on=start.date(),
                days_left=days,
                tone="warn" if days <= 1 else "",
                minutes=meeting.cap_minutes,
                order=(3, days),
            )
        )

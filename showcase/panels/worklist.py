"""What panels put on a person's home: what he was asked to judge and has not yet."""

from django.urls import reverse

from core import clock
from core.actor import Actor
from core.worklist import WorkItem, Worklist

from . import subjects
from .queries.seats import waiting_for


def provide(actor: Actor, work: Worklist) -> None:
    """A line for each seat without an opinion. One query."""
    if actor.user_id is None:
        return
    today = clock.today()
    for seat in waiting_for(actor):
        due = seat.panel.due_on
        days = (due - today).days
        work.items.append(
            WorkItem(
                title=f"要评审的：{seat.panel}",
                text=f"{subjects.label(seat.panel.kind)}，单独评，别人看不到。",
                url=reverse("panels:seat-edit", args=[seat.uid]),
                button="去评审",
                lead=f"{due:%-m月%-d日}",
                lead_note=f"还有 {days} 天" if days >= 0 else "已过截止",
                tone="warn" if days < 2 else "",
                due_on=due,
                days_left=days,
                order=(2, days),
            )
        )

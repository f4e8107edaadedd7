"""What wishes put on a person's home."""

from urllib.parse import urlencode

from django.urls import reverse

from core import clock
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from .queries.listing import waiting_for


def provide(actor: Actor, work: Worklist) -> None:
    """For who runs an organisation: its wishes that nobody has taken in time, and those that it has taken.
    One query."""
    if Permission.NEIGHBOUR_EDIT not in actor.permissions:
        return
    waiting, today = waiting_for(actor), clock.today()
    if waiting.late and waiting.late_since is not None:
        days = (waiting.late_since - today).days
        work.items.append(
            WorkItem(
                title="微心愿到期没有人认领",
                text=f"{waiting.late} 个。可以自己认领、找人认领，或撤回另发。",
                url=_list("late"),
                button="去看",
                due_on=waiting.late_since,
                days_left=days,
                tone="warn",
                order=(2, days),
            )
        )
    if waiting.taken and waiting.taken_until is not None:
        days = (waiting.taken_until - today).days
        work.items.append(
            WorkItem(
                title="认领的微心愿",
                text=f"{waiting.taken} 个还没有实现",
                url=_list("mine"),
                button="去看",
                due_on=waiting.taken_until,
                days_left=days,
                tone="bad" if days < 0 else "",
                order=(1 if days < 0 else 4, days),
            )
        )


def _list(showing: str) -> str:
    return f"{reverse('neighbours:wish-list')}?{urlencode({'showing': showing})}"

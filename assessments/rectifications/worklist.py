"""What this app adds to everybody's list: results that are decided on and of which nobody has yet
asked anything. What is to be done about a list its item says."""

from django.urls import reverse

from core import periods
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from .queries.lists import waits_for_proposal


def provide(actor: Actor, work: Worklist) -> None:
    """Lists to be issued after the newest sealed cycle. Two queries; none for whoever holds none."""
    if Permission.ASSESSMENT_RUN not in actor.permissions:
        return
    cycle = waits_for_proposal(actor)
    if cycle is None:
        return
    label = f"{periods.label(cycle.period)}考核（{cycle.get_level_display()}）"
    work.items.append(
        WorkItem(
            title=f"下发整改清单：{label}",
            text="结果已审定。问题从结果提出，核对后下发，一家一份。",
            url=reverse("rectifications:cycle", args=[cycle.uid]),
            button="去核对",
            lead="待办",
            order=(4, 0),
        )
    )

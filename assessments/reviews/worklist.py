"""What this app adds to everybody's list: what one has to review, and seats that wait for somebody."""

from django.urls import reverse

from core import clock, periods
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from .queries.desk import own_cycles
from .queries.holding import unseated_of


def provide(actor: Actor, work: Worklist) -> None:
    """Items that the person has not marked yet, and for who carries a cycle on those that nobody is
    to mark. Nothing is asked for whom nothing names and who carries on none; else two queries and
    one a cycle, and one."""
    today = clock.today()
    if any(Permission.ASSESSMENT_REVIEW in part.permissions for part in actor.named):
        for own in own_cycles(actor):
            if not own.left:
                continue
            due = own.review.due_on
            days = (due - today).days if due else 0
            text = f"{len(own.cases)} 家单位，还有 {own.left} 项。"
            if own.examples:
                text += f"先评 {own.examples} 道样题。"
            work.items.append(
                WorkItem(
                    title=f"复核：{periods.label(own.cycle.period)}考核",
                    text=text,
                    url=reverse("reviews:desk"),
                    button="去评",
                    lead="待办",
                    lead_note=f"{due.month}月{due.day}日 前" if due else "",
                    tone="warn" if days < 2 else "",
                    order=(2, days),
                )
            )
    if Permission.ASSESSMENT_RUN not in actor.permissions:
        return
    for cycle, count in unseated_of(actor):
        work.items.append(
            WorkItem(
                title=f"指派考核人：{periods.label(cycle.period)}考核",
                text=f"{count} 项没有人评：有人回避，或找不到第三人。",
                url=reverse("reviews:review", args=[cycle.uid]),
                button="去指派",
                lead="待办",
                order=(3, 0),
            )
        )

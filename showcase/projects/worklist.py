"""What projects put on a person's home: milestones that are late or near and no duties, what waits for a
decision."""

import datetime as dt

from django.urls import reverse

from core import clock
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from .queries.board import late_own, waiting_above
from .rules import LEAD

WAITING = (
    ("submitted", "预审党建项目", "个申报等预审", "?state=submitted"),
    ("judged", "审批党建项目", "个评审结束，等立项审批", "?state=judged"),
    ("asked", "批复项目申请", "项变更、延期或终止等批复", "?state=asked"),
    ("closing", "验收党建项目", "个等验收", "?state=closing"),
)


def provide(actor: Actor, work: Worklist) -> None:
    """One query for who undertakes projects, one for who decides on them; none for others."""
    if Permission.PROJECT_EDIT in actor.permissions:
        _milestones(actor, work)
    if Permission.SHOWCASE_MANAGE in actor.permissions:
        _waiting(actor, work)


def _milestones(actor: Actor, work: Worklist) -> None:
    today = clock.today()
    for one in late_own(actor, today + dt.timedelta(days=LEAD)):
        days = (one.due_on - today).days
        work.items.append(
            WorkItem(
                title=f"项目节点：{one}",
                text=f"“{one.project}”",
                url=one.project.get_absolute_url(),
                button="去办",
                lead=f"{one.due_on:%-m月%-d日}",
                lead_note=f"还有 {days} 天" if days >= 0 else f"逾期 {-days} 天",
                due_on=one.due_on,
                days_left=days,
                order=(4, days),
            )
        )


def _waiting(actor: Actor, work: Worklist) -> None:
    counts = waiting_above(actor)
    for key, title, said, query in WAITING:
        if counts[key]:
            work.items.append(
                WorkItem(
                    title=title,
                    text=f"{counts[key]} {said}",
                    url=f"{reverse('projects:project-list')}{query}",
                    button="去看",
                    lead="待办",
                    order=(4, 0),
                )
            )

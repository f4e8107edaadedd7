"""What cases put on a person's home: what waits for a decision, a plan, acceptance, or another look."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from core import clock
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from .enums import CaseState
from .queries.cases import waiting

AHEAD = 14  # days before a look is due


def provide(actor: Actor, work: Worklist) -> None:
    """For who runs cases: those to be decided, planned and accepted, by number; each one to be looked at
    again, with its day. One query; none for anybody else."""
    if Permission.WEAK_CASE_RUN not in actor.permissions:
        return
    rows = waiting(actor)
    holds = Permission.WEAK_CASE_HOLD in actor.permissions
    _counted(work, rows, CaseState.PROPOSED, "软弱涣散待认定", "认定")
    _counted(work, rows, CaseState.DECIDED, "软弱涣散待定整顿方案", "定方案")
    if not holds:
        return
    done = [one for one in rows if one.items == one.closed]
    _counted(work, done, CaseState.RIGHTING, "软弱涣散整顿待验收", "验收")
    today = clock.today()
    for case in rows:
        due = case.look_due_on
        if due is None or (due - today).days > AHEAD:
            continue
        days = (due - today).days
        what = "半年" if case.half_on is None else "满一年"
        work.items.append(
            WorkItem(
                title=f"整顿{what}回访：{case.organization}",
                text="看问题有没有再出现，写一句情况。",
                url=case.get_absolute_url(),
                button="去看",
                lead=f"{due.month}月{due.day}日",
                lead_note="起可以回访" if days > 0 else "该回访了",
                due_on=due,
                days_left=days,
                order=(4, days),
            )
        )


def _counted(work: Worklist, rows: list[Any], state: CaseState, title: str, button: str) -> None:
    found = [one for one in rows if one.state == state]
    if not found:
        return
    url = found[0].get_absolute_url()
    if len(found) > 1:
        url = f"{reverse('weak_cases:case-list')}?{urlencode({'state': state.value})}"
    named = "、".join(str(one.organization) for one in found[:2])
    more = f"等 {len(found)} 个" if len(found) > 2 else ""
    work.items.append(
        WorkItem(
            title=title, text=f"{named}{more}", url=url, button=button, lead="待办", order=(3, 0)
        )
    )

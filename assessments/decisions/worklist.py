"""What this app adds to everybody's list: objections that wait for somebody, and to the assessed their
result with the last day on which something can be held against it."""

import datetime as dt

from django.db.models import Q
from django.urls import reverse

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Score
from core import clock, periods
from core.actor import Actor
from core.templatetags.words import day_zh
from core.worklist import SideCard, WorkItem, Worklist
from orgs.permissions import Permission as P
from schedules.rounds.queries.calendar import load

from .enums import ObjectionState
from .models import Objection
from .queries.windows import window_of

MOST = 10
LONGEST = dt.timedelta(days=25)  # five working days over the longest holidays

_ASKED = {
    ObjectionState.RAISED: ("指定复核人", "去指定", "待指定"),
    ObjectionState.RECHECKING: ("复核异议", "去复核", "待复核"),
    ObjectionState.PROPOSED: ("批准更正", "去批准", "待批准"),
}


def provide(actor: Actor, work: Worklist) -> None:
    """Objections to name somebody for, to check again, to confirm; late ones first. One query, none
    for whoever has no part in it."""
    mine = Q(state=ObjectionState.RECHECKING, rechecker_id=actor.user_id or 0)
    here = Q(assessed__cycle__organization=actor.organization_id or 0)
    if P.ASSESSMENT_RUN in actor.permissions:
        mine |= here & Q(state=ObjectionState.RAISED)
    if P.ASSESSMENT_DECIDE in actor.permissions:
        mine |= here & Q(state=ObjectionState.PROPOSED) & ~Q(rechecker_id__in=actor.persons)
    if actor.user_id is None or not actor.permissions:
        return
    today = clock.today()
    rows = (
        Objection.objects.visible_to(actor)
        .filter(mine)
        .select_related("assessed__cycle", "assessed__organization")
        .order_by("due_on", "pk")[:MOST]
    )
    for row in rows:
        title, button, lead = _ASKED[ObjectionState(row.state)]
        days = (row.due_on - today).days
        work.items.append(
            WorkItem(
                title=f"{title}：{row.assessed.short_name} · {row}",
                text=f"{periods.label(row.assessed.cycle.period)}考核异议，{day_zh(row.raised_at)}提出。",
                url=row.get_absolute_url(),
                button=button,
                due_on=row.due_on,
                days_left=days,
                lead=lead,
                lead_note=f"逾期 {-days} 天" if days < 0 else f"{day_zh(row.due_on)}以前答复",
                tone="bad" if days < 0 else "",
                minutes=15,
                order=(1 if days < 0 else 3, days),
            )
        )


def provide_feedback(actor: Actor, work: Worklist) -> None:
    """The newest result of one's own organisation, while something can be held against it. One query
    for who answers for it, four where there is one."""
    if P.ASSESSMENT_ANSWER not in actor.permissions:
        return
    one = (
        Assessed.objects.own(actor)
        .filter(cycle__state=CycleState.SEALED, cycle__sealed_at__gt=clock.now() - LONGEST)
        .select_related("cycle")
        .order_by("-cycle__sealed_at")
        .first()
    )
    if one is None:
        return
    window = window_of(one.cycle, load())
    score = (
        Score.objects.filter(run=one.cycle.run_id, assessed=one).defer("facts", "result").first()
    )
    if window is None or not window.is_open or score is None or score.total is None:
        return
    label = periods.label(one.cycle.period)
    work.cards.append(
        SideCard(
            title=f"{label}考核结果",
            rows=(
                ("得分", f"{score.total:.2f}"),
                ("等次", score.grade or "—"),
                ("可提异议", f"{day_zh(window.last)}以前"),
            ),
            url=reverse("cycles:score", args=[one.uid]),
        )
    )

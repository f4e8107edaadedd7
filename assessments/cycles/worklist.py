"""What this app adds to everybody's list: what waits in the cycles of who holds them."""

from core import clock, periods
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from .enums import CycleState
from .queries.overview import cycles_over

MOST = 5
ASK_AFTER = 10  # days after the period's end after which freezing is late


def provide(actor: Actor, work: Worklist) -> None:
    """Facts to freeze once the period is over, marks that are missing, results to seal: of cycles
    of the own organisation. One query; none for whoever holds no cycles."""
    if Permission.ASSESSMENT_RUN not in actor.permissions:
        return
    rows = cycles_over(actor, Permission.ASSESSMENT_RUN).filter(
        organization=actor.organization_id, state__in=[CycleState.RUNNING, CycleState.FROZEN]
    )
    today = clock.today()
    for cycle in rows.order_by("period", "pk")[:MOST]:
        days = (today - periods.last_day(cycle.period)).days
        waiting = cycle.n_waiting  # type: ignore[attr-defined]
        if days <= 0 or cycle.is_computing:  # type: ignore[attr-defined]
            continue
        label = f"{periods.label(cycle.period)}考核（{cycle.get_level_display()}）"
        if cycle.state == CycleState.RUNNING:
            title, button = f"冻结事实：{label}", "去冻结"
            text = "期间已结束。冻结后补录的事不再计入。"
            if waiting:
                text = f"{waiting} 家单位还有指标没有得分，冻结前后都可以评。" + text
        elif waiting:
            title, button = f"补齐评分：{label}", "去评分"
            text = f"{waiting} 家单位还有指标没有评分，评完才能审定。"
        else:
            title, button = f"审定结果：{label}", "去审定"
            text = "得分已齐，审定后不再改动。"
        work.items.append(
            WorkItem(
                title=title,
                text=text,
                url=cycle.get_absolute_url(),
                button=button,
                lead="待办",
                lead_note=f"期满 {days} 天",
                tone="warn" if days > ASK_AFTER else "",
                order=(3, -days),
            )
        )

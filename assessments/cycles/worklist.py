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
    """Facts to freeze once the period is over, marks that are missing, results to submit and to
    decide on: of cycles of the own organisation. One query; none for whoever holds no cycles."""
    runs = Permission.ASSESSMENT_RUN in actor.permissions
    decides = Permission.ASSESSMENT_DECIDE in actor.permissions
    if not runs and not decides:
        return
    rows = cycles_over(actor).filter(organization=actor.organization_id)
    rows = rows.exclude(state=CycleState.SEALED)
    today = clock.today()
    for cycle in rows.order_by("period", "pk")[:MOST]:
        days = (today - periods.last_day(cycle.period)).days
        waiting = cycle.n_waiting  # type: ignore[attr-defined]
        if days <= 0 or cycle.is_computing:  # type: ignore[attr-defined]
            continue
        if not (decides if cycle.state == CycleState.SUBMITTED else runs):
            continue
        if cycle.submitted_by_id in actor.persons:
            continue  # another person decides
        label = f"{periods.label(cycle.period)}考核（{cycle.get_level_display()}）"
        if cycle.state == CycleState.RUNNING:
            title, button = f"冻结事实：{label}", "去冻结"
            text = "期间已结束。冻结后补录的事不再计入。"
            if waiting:
                text = f"{waiting} 家单位还有指标没有得分，冻结前后都可以评。" + text
        elif waiting:
            title, button = f"补齐评分：{label}", "去评分"
            text = f"{waiting} 家单位还有指标没有评分，评完才能提请审定。"
        elif cycle.state == CycleState.SUBMITTED:
            title, button = f"审定结果：{label}", "去审定"
            text = "得分已齐，审定后不再改动。"
        else:
            title, button = f"提请审定：{label}", "去提请"
            text = "得分已齐，由另一人审定。"
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

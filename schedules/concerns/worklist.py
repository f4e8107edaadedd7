"""What concerns put on a person's home."""

from django.urls import reverse

from core import clock
from core.actor import Actor
from core.worklist import WorkItem, Worklist

from .queries.listing import waiting_for


def provide(actor: Actor, work: Worklist) -> None:
    """One line: what waits to be assigned, answered, called back. One query, none for whom nothing
    can wait."""
    waiting = waiting_for(actor, clock.now())
    told = {
        "待分派": waiting.to_assign,
        "待答复": waiting.to_answer,
        "待回访": waiting.to_call,
    }
    said = [f"{word} {count} 件" for word, count in told.items() if count]
    if not said:
        return
    if waiting.unverified:
        said.append(f"公开表单来的未核实 {waiting.unverified} 件")
    if waiting.overdue:
        said.append(f"其中逾期 {waiting.overdue} 件")
    state = "overdue" if waiting.overdue else "open"
    if not waiting.to_assign and not waiting.to_answer:
        state = "answered"
    work.items.append(
        WorkItem(
            title="群众诉求",
            text="，".join(said),
            url=f"{reverse('concerns:concern-list')}?state={state}",
            button="去办",
            tone="bad" if waiting.overdue else "",
            minutes=5 * sum(told.values()),
            order=(1 if waiting.overdue else 3, 0),
        )
    )

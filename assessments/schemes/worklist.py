"""What schemes put on a person's list: exemptions that somebody else has proposed."""

from core import clock
from core.actor import Actor
from core.worklist import WorkItem, Worklist

from .queries.exemptions import lines, to_decide


def provide_exemptions(actor: Actor, work: Worklist) -> None:
    """Exemptions that wait for the actor's decision. Two queries for who may decide and has any,
    one where there is none, none for others."""
    today = clock.today()
    for line in lines(list(to_decide(actor)[:10])):
        row = line.row
        work.items.append(
            WorkItem(
                title=f"免考待批准：{row.organization} · {line.indicator}",
                text=f"{row.proposed_by_name}提出：{row.reason}",
                url=row.get_absolute_url(),
                button="去办理",
                due_on=row.until,
                days_left=(row.until - today).days,
                lead="待批准",
                lead_note=f"{row.proposed_at:%-m月%-d日}提出",
                minutes=5,
                order=(3, 0),
            )
        )

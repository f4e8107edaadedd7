"""What this app adds to everybody's list: the self-assessment that is asked of the own organisation,
and what was returned of it."""

from django.urls import reverse

from core import clock, periods
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission
from schedules.rounds.queries.calendar import load

from .queries.due import due_on
from .queries.reported import open_items, returned, unsent


def provide(actor: Actor, work: Worklist) -> None:
    """One entry for each self-assessment to send, and for each with returned items. Two queries, and
    the calendar's and one more where there are any."""
    if Permission.ASSESSMENT_ANSWER not in actor.permissions or not actor.organization_path:
        return
    own = {"path": actor.organization_path}
    to_send, back = list(unsent().filter(**own)), list(returned().filter(**own))
    if not to_send and not back:
        return
    today, calendar = clock.today(), load()
    for one in to_send:
        due = due_on(one.cycle, calendar)
        left = (due - today).days if due else 0
        work.items.append(
            WorkItem(
                title=f"自查自评：{periods.label(one.cycle.period)}考核",
                text="自动计分的已经算好，只填要人评的几项；有不同意见的写明理由。复核开始后不再收。",
                url=reverse("self_assessments:self-assessment", args=[one.uid]),
                button="去自评",
                due_on=due,
                days_left=left,
                minutes=20,
                order=(2, left),
            )
        )
    opened = open_items(back) if back else {}
    for one in back:
        count = len(opened.get(one.pk, ()))
        if count:
            work.items.append(
                WorkItem(
                    title=f"自评退回 {count} 项：{periods.label(one.cycle.period)}考核",
                    text="补充后逐项重新报送，其余各项不动。",
                    url=reverse("self_assessments:self-assessment", args=[one.uid]),
                    button="去补充",
                    lead="退回",
                    tone="warn",
                    minutes=5,
                    order=(1, 0),
                )
            )

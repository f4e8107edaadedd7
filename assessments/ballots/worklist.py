"""What this app adds to everybody's list: ballots that somebody is named to count."""

from django.urls import reverse

from assessments.cycles.models import Cycle
from core import periods
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from .enums import RoundState
from .models import BallotRound
from .queries.rounds import COUNTED_IN, own_counts

MOST = 200  # rounds looked at


def provide(actor: Actor, work: Worklist) -> None:
    """Ballots that the actor is named to count and has not counted himself; whatever others have
    counted. Two queries; none for whoever is not named."""
    if not any(Permission.ASSESSMENT_REVIEW in part.permissions for part in actor.named):
        return
    rows = BallotRound.objects.to_count(actor).filter(
        state=RoundState.OPEN, assessed__is_out=False, assessed__cycle__state__in=COUNTED_IN
    )
    rounds = list(rows.select_related("assessed__cycle").order_by("pk")[:MOST])
    own = own_counts(rounds, actor)
    left: dict[tuple[int, str], tuple[Cycle, int]] = {}
    for row in rounds:
        if row.pk not in own:
            key = (row.assessed.cycle_id, row.indicator)
            left[key] = (row.assessed.cycle, left.get(key, (None, 0))[1] + 1)
    for (_, indicator), (cycle, count) in left.items():
        work.items.append(
            WorkItem(
                title=f"测评计票：{periods.label(cycle.period)}考核",
                text=f"{count} 家的纸质票还没有由你计。另一人也各自计，两人一致的计入得分。",
                url=reverse("ballots:count-all", args=[cycle.uid, indicator]),
                button="填计票",
                lead="待办",
                lead_note=f"{count} 家",
                order=(3, 0),
            )
        )

"""What this app adds to everybody's home: the newest board, one click away."""

from django.urls import reverse

from core import periods
from core.actor import Actor
from core.worklist import SideCard, Worklist
from orgs.permissions import Permission

from .queries.boards import newest_board
from .words import title_of


def provide(actor: Actor, work: Worklist) -> None:
    """The newest board of the own organisation, to who carries its assessment on or decides on it.
    One query; none for others."""
    if not {Permission.ASSESSMENT_RUN, Permission.ASSESSMENT_DECIDE} & set(actor.permissions):
        return
    newest = newest_board(actor, actor.organization_id)
    if newest is None:
        return
    work.cards.append(
        SideCard(
            "半年考核",
            rows=(
                ("期间", periods.label(newest.period)),
                ("状态", newest.get_state_display()),
            ),
            text=f"{title_of(newest)}看板",
            url=reverse("boards:board", args=[newest.uid]),
        )
    )

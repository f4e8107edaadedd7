"""What a committee's worker has to decide about members: 党籍处理 that branches proposed."""

from django.urls import reverse

from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from .models import MembershipDecision


def provide(actor: Actor, work: Worklist) -> None:
    """Decisions that wait for the actor's committee. Two queries for committees, else none or
    one."""
    if Permission.MEMBER_EDIT not in actor.permissions or not actor.inherits:
        return
    count = MembershipDecision.objects.for_deciding(actor).waiting().count()
    if count:
        work.items.append(
            WorkItem(
                title=f"{count} 项党籍处理等待批准",
                text="核对支部决议和依据，填批复文号后批准，或写明理由不批准。",
                url=reverse("members:decision-list"),
                button="去办理",
                lead=f"{count} 项",
            )
        )

"""What sites put on a person's home."""

from urllib.parse import urlencode

from django.urls import reverse

from core import clock
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from .enums import SiteState
from .queries.listing import waiting_for_applicant, waiting_for_holder


def provide(actor: Actor, work: Worklist) -> None:
    """For who holds programmes, applications that wait and sites to be looked at again; for who runs an
    organisation, what came back and what is to be put right. One query for each."""
    if Permission.SITE_EDIT in actor.permissions:
        _for_holder(actor, work)
    if Permission.SITE_APPLY in actor.permissions:
        _for_applicant(actor, work)


def _list(showing: str) -> str:
    return f"{reverse('sites:site-list')}?{urlencode({'showing': showing})}"


def _for_holder(actor: Actor, work: Worklist) -> None:
    waiting = waiting_for_holder(actor)
    if waiting.sent:
        work.items.append(
            WorkItem(
                title="示范点申报待评审",
                text=f"{waiting.sent} 份",
                url=_list("sent"),
                button="去看",
                lead="评审",
                order=(5, 0),
            )
        )
    if waiting.due and waiting.first is not None:
        days = (waiting.first - clock.today()).days
        work.items.append(
            WorkItem(
                title="示范点要复核",
                text=f"{waiting.due} 个到期或整改期限将满",
                url=_list("due"),
                button="去复核",
                due_on=waiting.first,
                days_left=days,
                tone="bad" if days < 0 else "",
                order=(1 if days < 0 else 4, days),
            )
        )


def _for_applicant(actor: Actor, work: Worklist) -> None:
    today = clock.today()
    for site in waiting_for_applicant(actor):
        if site.state == SiteState.RETURNED:
            work.items.append(
                WorkItem(
                    title=f"示范点申报退回：{site}",
                    text=site.reason,
                    url=site.get_absolute_url(),
                    button="补充",
                    lead="退回",
                    tone="warn",
                    order=(2, 0),
                )
            )
        elif site.warned_until is not None:
            days = (site.warned_until - today).days
            work.items.append(
                WorkItem(
                    title=f"示范点限期整改：{site}",
                    text=site.reason,
                    url=site.get_absolute_url(),
                    button="看要求",
                    due_on=site.warned_until,
                    days_left=days,
                    tone="bad" if days < 0 else "",
                    order=(1 if days < 0 else 3, days),
                )
            )

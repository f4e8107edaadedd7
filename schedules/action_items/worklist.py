"""What items put on a person's home page: to be taken on, done, checked, answered, looked at again.
Its numbers are those of the boards that it leads to."""

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse

from core import clock
from core.actor import Actor
from core.worklist import OtherWork, SideCard, WorkItem, Worklist
from orgs.models import RoleGrant
from orgs.permissions import Permission as P

from .enums import ActionState
from .models import ActionItem
from .queries import boards
from .queries.boards import Moment, Showing, Tab
from .queries.work import own_items, to_do_at, to_verify_at
from .rules import MINUTES
from .words import completion_clock, is_overdue, other_clock, receipt_clock

SOON = 7  # days after this week's Sunday


def _until() -> dt.date:
    today = clock.today()
    return today + dt.timedelta(days=6 - today.weekday() + SOON)


def _board(tab: Tab, showing: Showing = Showing.RECENT) -> str:
    asked = {"tab": tab.value} | ({"state": showing.value} if showing.value else {})
    return f"{reverse('action_items:item-list')}?{urlencode(asked)}"


def provide(actor: Actor, worklist: Worklist) -> None:
    """Five queries: the calendar, the boards' numbers, those of what was given out, own items."""
    if not actor.organization_id or P.ACTION_VIEW not in actor.permissions:
        return
    handles, checks = (one in actor.permissions for one in (P.ACTION_HANDLE, P.ACTION_VERIFY))
    if not (handles or checks):
        return
    at = boards.this_moment()
    counts = boards.tab_counts(actor, at)
    if handles and counts[Tab.MINE]:
        for item in own_items(actor, _until()):
            worklist.items.append(_own(item, actor, at))
    late = 0
    if checks:
        asked, late = boards.issued_numbers(actor, at)
        _to_check(counts[Tab.VERIFY], asked, counts[Tab.LOOK], worklist)
    rows = [("我办的", counts[Tab.MINE])] if handles else []
    if checks:
        rows += [("等我核验", counts[Tab.VERIFY]), ("我交办的", counts[Tab.ISSUED])]
    if late:
        rows.append(("其中逾期", late))
    if any(number for _, number in rows):
        shown = tuple((label, str(number)) for label, number in rows)
        worklist.cards.append(SideCard("督办在办", shown, url=reverse("action_items:item-list")))


def _own(item: ActionItem, actor: Actor, at: Moment) -> WorkItem:
    waits = item.state == ActionState.WAITING
    if waits:
        found = other_clock(item, at) or completion_clock(item, at)
        text = found.text.removeprefix(item.waiting_name)
        title, button = f"{item.owner}在等：{item.waiting_note}", "查看"
        about = f"督办{item.number}{item.title}"
    elif item.state == ActionState.ISSUED:
        found = receipt_clock(item, at)
        text, title, button = found.text, f"签收督办：{item.title}", "签收"
        about = f"{item.number}，{item.issuer}交办" + (
            f"，{item.due_on.month}月{item.due_on.day}日前办成" if item.due_on else ""
        )
    else:
        found = completion_clock(item, at)
        text, title, button = found.text, f"督办：{item.title}", "办理"
        back = "退回再办，" if item.returned_count else ""
        about = f"{back}{item.number}，{item.issuer}交办"
    lead, _, note = text.partition("，")
    due_on = item.waiting_due_on if waits else item.due_on
    if item.state == ActionState.ISSUED:
        due_on = item.receipt_due_on
    late = found.tone == "bad" or is_overdue(item, at)
    days = (due_on - at.today).days if due_on else 99
    if item.state == ActionState.ISSUED and not late:
        lead, note = "待签收", text.removesuffix("签收")
    lead = lead.replace("今天到期", "今天")
    return WorkItem(
        title=title,
        text=f"{about}。",
        url=item.get_absolute_url(),
        button=button,
        due_on=due_on,
        days_left=days if due_on else None,
        lead=lead if len(lead) <= 8 else "督办",
        lead_note=note,
        tone="bad" if late else found.tone if found.tone == "warn" else "",
        minutes=1 if item.state == ActionState.ISSUED else MINUTES,
        order=(0 if late else 1, days),
        is_primary=late,
    )


def _to_check(to_verify: int, asked: int, to_look: int, worklist: Worklist) -> None:
    if to_verify:
        worklist.items.append(
            WorkItem(
                title=f"{to_verify} 项督办等核验",
                text="责任单位已报结，由办理人以外的人核验销号，或退回写明还差什么。",
                url=_board(Tab.VERIFY),
                button="核验",
                lead=f"{to_verify} 项",
                lead_note="待核验",
                minutes=5 * min(to_verify, 6),
                order=(2, -to_verify),
            )
        )
    if asked:
        worklist.items.append(
            WorkItem(
                title=f"{asked} 项督办申请延期",
                text="同意或不同意都要答复；答复之前按原来的期限算。",
                url=_board(Tab.ISSUED, Showing.ASKED),
                button="答复",
                lead=f"{asked} 项",
                lead_note="待答复",
                minutes=2 * min(asked, 6),
                order=(2, -asked),
            )
        )
    if to_look:
        worklist.items.append(
            WorkItem(
                title=f"{to_look} 项销号的督办要回头看",
                text="销号 60—90 天，由报结、核验以外的人看有没有反复。",
                url=_board(Tab.LOOK),
                button="回头看",
                lead=f"{to_look} 项",
                lead_note="待回头看",
                minutes=5 * min(to_look, 6),
                order=(5, -to_look),
            )
        )


def elsewhere(actor: Actor, grants: Sequence[RoleGrant]) -> list[OtherWork]:
    """What waits in the person's other roles. Two queries, however many roles he has."""
    handling = {one.organization_id for one in grants if _may(one, P.ACTION_HANDLE)}
    checking = {one.organization_id for one in grants if _may(one, P.ACTION_VERIFY)}
    mine = to_do_at(handling, _until()) if handling else {}
    reported = to_verify_at(checking, actor) if checking else {}
    found = []
    for grant in grants:
        place, parts = grant.organization_id, []
        if place in handling and mine.get(place):
            parts.append(f"{mine[place]} 项督办待办")
        if place in checking and reported.get(place):
            parts.append(f"{reported[place]} 项督办待核验")
        if parts:
            label = f"{grant.organization} · {grant.label}"
            found.append(OtherWork(grant.pk, label, "，".join(parts)))
    return found


def _may(grant: RoleGrant, permission: P) -> bool:
    return permission in grant.role_class.permissions

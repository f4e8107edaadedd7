"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

import datetime as dt
from collections.abc import Collection, Mapping
from urllib.parse import urlencode

from django.urls import reverse

from core import menu, searching, tones, worklist
from core import verbs as core_verbs
from core.actor import Actor
from orgs import panels
from orgs.models import Organization
from orgs.panels import Panel, PanelRow
from orgs.permissions import Permission
from schedules.rounds import feeds

from . import sources, verbs
from .actions.checking import RELAPSE
from .enums import ActionState, LineState, Look, Priority
from .models import ActionItem
from .queries import boards
from .queries.boards import Showing, Tab
from .queries.work import dated_items
from .worklist import elsewhere, provide

HITS = 8  # of one search

core_verbs.register("action_items", verbs.VERBS, verbs.FIELDS)


def _items(actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    """Addresses of items that the actor sees. One query."""
    return {
        item.pk: item.get_absolute_url()
        for item in ActionItem.objects.visible_to(actor).filter(pk__in=ids).only("pk")
    }


sources.register(sources.Source(RELAPSE, "回头看反弹", _items))
worklist.register(provide)
worklist.register_elsewhere(elsewhere)
menu.register_parts(
    "schedules:report-matrix",
    menu.Part(
        "督办事项",
        "action_items:item-list",
        30,
        permission=Permission.ACTION_VIEW,
        marks=("action_items:item", "action_items:extension", "action_items:line"),
    ),
)
tones.register(
    ActionState,
    {
        ActionState.DRAFT: "mute",
        ActionState.ISSUED: "info",
        ActionState.DOING: "mute",
        ActionState.WAITING: "warn",
        ActionState.REPORTED: "info",
        ActionState.CLOSED: "ok",
        ActionState.CANCELLED: "mute",
    },
)
tones.register(
    LineState, {LineState.OPEN: "mute", LineState.REPORTED: "info", LineState.DONE: "ok"}
)
tones.register(Look, {Look.NONE: "mute", Look.LASTING: "ok", Look.RELAPSED: "warn"})
tones.register(
    Priority, {Priority.NORMAL: "mute", Priority.IMPORTANT: "warn", Priority.URGENT: "bad"}
)


def _list(**asked: object) -> str:
    return f"{reverse('action_items:item-list')}?{urlencode(asked)}"


@searching.register
def find_items(actor: Actor, query: str) -> searching.Hits | None:
    """By title, number, owner or person. One query."""
    if not actor.may(Permission.ACTION_VIEW):
        return None
    rows = boards.found(actor, query, HITS + 1)
    hits = [
        searching.Hit(
            str(item), f"{item.owner} · {item.get_state_display()}", item.get_absolute_url()
        )
        for item in rows[:HITS]
    ]
    more = _list(tab=Tab.ALL.value, state=Showing.ANY.value, q=query) if len(rows) > HITS else ""
    return searching.Hits("督办事项", hits, more)


@panels.register
def show_items(actor: Actor, organization: Organization) -> list[Panel]:
    """What the organisation, with all below it, has to do and has done. Three queries."""
    if not actor.may_at(Permission.ACTION_VIEW, organization.path):
        return []
    at = boards.this_moment()
    rows = boards.board(actor, Tab.ALL, at, place=organization)
    number = boards.counts(rows, at).of
    shown = {Showing.OPEN: "在办", Showing.OVERDUE: "逾期", Showing.CLOSED: "近 12 个月销号"}
    if not any(number[one] for one in shown):
        return []

    def to(showing: Showing) -> str:
        return _list(tab=Tab.ALL.value, organization=organization.pk, state=showing.value)

    late = number[Showing.OVERDUE]
    lines = tuple(
        PanelRow(
            word,
            f"{number[one]} 项",
            to(one) if number[one] else "",
            "bad" if one == Showing.OVERDUE and late else "",
        )
        for one, word in shown.items()
    )
    whole = _list(tab=Tab.ALL.value, organization=organization.pk)
    return [Panel("督办事项", lines, url=whole)]


@feeds.register
def dates_of_items(user_id: int, since: dt.date) -> list[feeds.Entry]:
    """Dates of the items that one handles; by number alone, for a title may name somebody. One
    query."""
    return [
        feeds.Entry(
            uid=f"action-item-{item.pk}",
            day=item.due_on,
            summary=f"{item.owner} 督办{item.number}（{item.get_state_display()}）",
            address=item.get_absolute_url(),
            is_open=item.state not in (ActionState.REPORTED, ActionState.CLOSED),
        )
        for item in dated_items(user_id, since)
        if item.due_on is not None
    ]

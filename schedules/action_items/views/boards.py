"""Boards of items: what is mine, what I check, what I gave out, all of my scope, to look at again."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import clock
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.access import get_organization
from orgs.enums import OrganizationKind
from orgs.models import Organization
from orgs.permissions import Permission as P

from .. import sources
from ..forms import SHOWING_WORDS, TAB_WORDS, BoardFilter
from ..queries import boards
from ..queries.boards import Order, Showing, Tab
from .board_rows import below_chart, cells, row_of

PAGE = 20
FEW = 5  # so many of one's own, or none, need no filter and stand before the numbers
DRAWN = 8  # organisations with something overdue; the others are in the list
_SCOPE_WORDS = {
    OrganizationKind.WORK_COMMITTEE: "全区",
    OrganizationKind.DIRECT_COMMITTEE: "本党委",
    OrganizationKind.GRASSROOTS_COMMITTEE: "本党委",
    OrganizationKind.GENERAL_BRANCH: "本总支",
}
# What stands on these boards waits for one thing alone.
_FIXED = {Tab.VERIFY: Showing.OPEN, Tab.LOOK: Showing.TO_LOOK}
_SHOWINGS, _ORDERS = {one.value for one in Showing}, {one.value for one in Order}


@dataclass(frozen=True, slots=True)
class TabLine:
    """A board beside the others, with how many stand on it."""

    label: str
    url: str
    is_current: bool
    count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a board asks for, checked."""

    tab: Tab
    showing: Showing
    order: Order
    source: str
    place: Organization | None
    words: str

    @property
    def address(self) -> dict[str, object]:
        """The parameters of this board, without which of its items are listed."""
        values: dict[str, object] = {"tab": self.tab.value}
        if self.place is not None:
            values["organization"] = self.place.pk
        if self.source:
            values["source"] = self.source
        return values


def tabs_of(request: PortalRequest) -> list[Tab]:
    """The boards that a role has; the first is the one it begins with."""
    actor = request.actor
    found = []
    if P.ACTION_HANDLE in actor.permissions:
        found.append(Tab.MINE)
    if P.ACTION_VERIFY in actor.permissions:
        found += [Tab.VERIFY, Tab.ISSUED]
    if actor.inherits or not found:
        found.append(Tab.ALL)
    if P.ACTION_VERIFY in actor.permissions:
        found.append(Tab.LOOK)
    return found


def asked(request: PortalRequest) -> Asked:
    """What the address asks for; what it does not know is as if it were not there. Raises Http404
    for an organisation outside the scope. One query where one is named."""
    given = request.GET
    offered = tabs_of(request)
    first = Tab.ALL if Tab.ALL in offered and Tab.VERIFY in offered else offered[0]
    tab = Tab(given["tab"]) if given.get("tab") in {*offered, Tab.ALL} else first
    showing, order = given.get("state", ""), given.get("order", "")
    source = given.get("source", "")
    number = given.get("organization", "")
    place = None
    if number:
        place = get_organization(request.actor, whole_number(number) or 0, P.ACTION_VIEW)
    fixed = _FIXED.get(tab)
    return Asked(
        tab=tab,
        showing=fixed or Showing(showing if showing in _SHOWINGS else ""),
        order=Order(order if order in _ORDERS else ""),
        source=source if source in sources.registered() else "",
        place=place,
        words=given.get("q", "").strip()[:50],
    )


@needs(P.ACTION_VIEW, methods=("GET", "HEAD"))
def item_list(request: PortalRequest) -> HttpResponse:
    """A board: its numbers, who has something overdue, and the items, worst first. A fixed number
    of queries, however many items, lines and parts."""
    found, at, actor = asked(request), boards.this_moment(), request.actor
    node = found.place or Organization.objects.filter(pk=actor.organization_id or 0).first()
    rows = boards.board(actor, found.tab, at, place=found.place, source=found.source)
    numbers = boards.counts(rows, at)
    narrowed = (
        boards.board(
            actor, found.tab, at, place=found.place, source=found.source, words=found.words
        )
        if found.words
        else rows
    )
    shown = boards.listed(narrowed, found.showing, at)
    page = Pager(boards.ordered(shown, found.order, at), PAGE).get_page(request.GET.get("page"))
    items = list(page.object_list)
    beside = boards.beside(items)
    is_narrowed = bool(found.words or found.source or found.place or found.showing.value)
    is_plain = found.tab == Tab.MINE and not is_narrowed and not found.order.value
    context: dict[str, Any] = {
        "asked": found,
        "tabs": _tabs(request, found, at),
        "heading": _scope_word(found, actor, node),
        "cells": cells(numbers, found.address)
        if found.tab in (Tab.ALL, Tab.ISSUED, Tab.MINE)
        else (),
        "under_way": numbers.of[Showing.OPEN],
        "page": page,
        "rows": [row_of(item, at, beside) for item in items],
        "form": _filter(request, found, node),
        "shown_word": SHOWING_WORDS[found.showing],
        "is_narrowed": is_narrowed,
        "is_short": is_plain and not page.has_other_pages() and len(items) <= FEW,
        "may_issue": P.ACTION_ISSUE in actor.permissions,
        "as_of": clock.now(),
        "ledger": urlencode(
            {**found.address, "state": found.showing.value, "order": found.order.value}
            | ({"q": found.words} if found.words else {})
        ),
        "here": f"{reverse('action_items:item-list')}?{urlencode(found.address)}",
    }
    if found.tab == Tab.ALL and node is not None and not node.is_branch:
        late, others = boards.by_child(rows, node, at)
        title = f"各{_child_word(node)}逾期 / 在办"
        context |= {
            "below": below_chart(late[:DRAWN], title, found.address) if late else None,
            "below_more": max(0, len(late) - DRAWN),
            "below_title": title,
            "below_others": others,
        }
    return render(request, "action_items/item_list.html", context)


def _tabs(request: PortalRequest, found: Asked, at: boards.Moment) -> list[TabLine]:
    offered = tabs_of(request)
    if len(offered) < 2:
        return []
    counts = boards.tab_counts(request.actor, at)
    words = {**TAB_WORDS, Tab.ALL: _scope_word(found, request.actor, None, own=True)}
    return [
        TabLine(words[tab], f"?tab={tab.value}", tab == found.tab, counts[tab]) for tab in offered
    ]


def _scope_word(found: Asked, actor: Any, node: Organization | None, *, own: bool = False) -> str:
    if not own:
        if found.place is not None:
            return str(found.place)
        if found.tab in TAB_WORDS:
            return TAB_WORDS[found.tab]
    kind = node.kind if node is not None else _kind_of(actor)
    return _SCOPE_WORDS.get(kind, "本组织")  # type: ignore[call-overload,no-any-return]


def _kind_of(actor: Any) -> str:
    """What one stands for, by the role."""
    return {
        "zone_staff": OrganizationKind.WORK_COMMITTEE,
        "committee": OrganizationKind.WORK_COMMITTEE,
        "committee_staff": OrganizationKind.DIRECT_COMMITTEE,
        "general_branch_staff": OrganizationKind.GENERAL_BRANCH,
    }.get(actor.role, "")


def _child_word(node: Organization) -> str:
    return "直属党委" if node.kind == OrganizationKind.WORK_COMMITTEE else "下级组织"


def _filter(request: PortalRequest, found: Asked, node: Organization | None) -> BoardFilter:
    """The filter as it stands in the address. One query, for the organisations directly below one's
    own."""
    places: list[tuple[str, str]] = []
    own = request.actor.organization_id
    if request.actor.inherits:
        below = Organization.objects.active().filter(parent=own).order_by("path")
        places = [(str(one.pk), str(one)) for one in below]
    if found.place is not None and str(found.place.pk) not in dict(places):
        places.insert(0, (str(found.place.pk), str(found.place)))
    return BoardFilter(
        {
            "state": found.showing.value,
            "source": found.source,
            "organization": str(found.place.pk) if found.place else "",
            "order": found.order.value,
            "q": found.words,
        },
        sources=sources.choices(),
        places=places,
        is_fixed=found.tab in _FIXED,
        place_word="直属党委" if request.actor.role in ("zone_staff", "committee") else "单位",
    )

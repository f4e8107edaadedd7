"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""

from collections.abc import Sequence

from django.http import Http404
from django.urls import reverse

from assessments.cycles import offers
from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Cycle
from core import menu
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from core.figures import gauged
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.rounds import offers as overviews
from schedules.themes import weaknesses
from schedules.themes.weaknesses import Weakness

from . import packs, verbs, words, worklist  # noqa: F401  (registers what is made behind)
from .access import get_board_cycle
from .queries.boards import newest_board, newest_decided
from .queries.losses import lost_heads

core_verbs.register("boards", verbs.VERBS)
work.register(worklist.provide)
menu.register_parts(
    "schemes:scheme-list",
    menu.Part(
        "考核看板",
        "boards:board-list",
        7,
        permission=Permission.ASSESSMENT_VIEW,
        marks=("boards:",),
    ),
)


def _weak_mark(actor: Actor, holder: Organization) -> str:
    """Which account of the newest board that was decided on holds, for who may open that board. One
    query, and three for who may."""
    newest = newest_decided(holder.pk)
    if newest is None:
        return ""
    try:
        get_board_cycle(actor, newest.uid)
    except Http404:
        return ""
    return _mark(newest)


def _mark(cycle: Cycle) -> str:
    return f"{cycle.uid}:{cycle.run_id}"


def _weak_points(holder: Organization) -> tuple[str, Sequence[Weakness]]:
    """The indicators of the newest board that was decided on at which points were lost, as on that board.
    Three queries."""
    newest = newest_decided(holder.pk)
    if newest is None:
        return "", ()
    title, known = words.title_of(newest), gauged()
    return _mark(newest), [
        Weakness(
            key=one.key,
            name=one.name,
            seen_in=title,
            lost=one.share,
            said=words.percent(one.share),
            short=one.count,
            of=one.of,
            url=reverse("boards:board-head", args=[newest.uid, one.key]),
            figures=tuple(key for key in read if key in known),
        )
        for one, read in lost_heads(newest)
    ]


weaknesses.register(weaknesses.Source("assessments", _weak_mark, _weak_points))


@offers.register_links
def _board(actor: Actor, cycle: Cycle) -> Sequence[offers.Link]:
    """The full board of a cycle whose facts are frozen. No query."""
    if cycle.state == CycleState.RUNNING or cycle.run_id is None:
        return ()
    if not actor.may_at(Permission.ASSESSMENT_VIEW, cycle.organization.path, whole=True):
        return ()
    return [
        offers.Link("考核看板", reverse("boards:board", args=[cycle.uid]), "分布、失分、趋势、序时")
    ]


@overviews.register_beside_overview
def _newest(actor: Actor, node: Organization) -> list[overviews.Offer]:
    """From the overview of a node to the newest board that it holds. One query; none for who may not
    see all of it."""
    if not actor.may_at(Permission.ASSESSMENT_VIEW, node.path, whole=True):
        return []
    newest = newest_board(actor, node.pk)
    if newest is None:
        return []
    url = reverse("boards:board", args=[newest.uid])
    return [overviews.Offer(f"{words.title_of(newest)}看板", url)]


@offers.register_links_of_assessed
def _portrait(actor: Actor, assessed: Assessed) -> Sequence[offers.Link]:
    """What else there is of one organisation. No query."""
    if assessed.is_out or assessed.is_closed:
        return ()
    return [offers.Link("历次考核", reverse("boards:portrait", args=[assessed.organization_id]))]

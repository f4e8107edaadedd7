"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

import datetime as dt

from core import demo, menu, searching, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from orgs import lifecycle as organizations
from orgs import panels
from orgs.models import Organization
from orgs.panels import Panel, PanelRow
from orgs.permissions import Permission
from schedules.action_items import sources

from . import lifecycle, verbs, worklist
from .actions import cases
from .actions.cases import SOURCE
from .enums import CaseState
from .models import WeakCase
from .queries.cases import addresses, of_place

HITS = 8

core_verbs.register("weak_cases", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
demo.register("schedules.weak_cases.demo.cases", order=97)
sources.register(sources.Source(SOURCE, "软弱涣散整顿", addresses))
menu.register_parts(
    "schedules:report-matrix",
    menu.Part(
        "软弱涣散整顿",
        "weak_cases:case-list",
        40,
        permission=Permission.WEAK_CASE_VIEW,
        marks=("weak_cases:",),
    ),
)
tones.register(
    CaseState,
    {
        CaseState.PROPOSED: "warn",
        CaseState.DECLINED: "mute",
        CaseState.DECIDED: "warn",
        CaseState.RIGHTING: "info",
        CaseState.FOLLOWED: "info",
        CaseState.ENDED: "ok",
    },
)
organizations.register_foresight(lifecycle.foresee)
organizations.register_abolition_blocker(lifecycle.object_to_abolishing)


@organizations.register_merge_step
def follow(source: Organization, target: Organization, on: dt.date, by: Actor) -> None:
    """What is under way for the source goes over to the target."""
    cases.follow(source=source, target=target, by=by)


@panels.register
def show_cases(actor: Actor, organization: Organization) -> list[Panel]:
    """That the organisation is or was put right, for who may see it. One query."""
    if not actor.may_at(Permission.WEAK_CASE_VIEW, organization.path):
        return []
    rows = of_place(actor, organization)
    if not rows:
        return []
    lines = tuple(
        PanelRow(
            f"{one.opened_on.year}年{one.opened_on.month}月",
            one.get_state_display(),
            one.get_absolute_url(),
        )
        for one in rows
    )
    return [Panel("软弱涣散整顿", lines)]


@searching.register
def find_cases(actor: Actor, query: str) -> searching.Hits | None:
    """By the organisation's name. One query."""
    if not actor.may(Permission.WEAK_CASE_VIEW) or len(query.strip()) < 2:
        return None
    rows = WeakCase.objects.visible_to(actor).select_related("organization")
    found = rows.filter(organization__name__icontains=query.strip())[:HITS]
    hits = [
        searching.Hit(str(one), one.get_state_display(), one.get_absolute_url()) for one in found
    ]
    return searching.Hits("软弱涣散整顿", hits)

"""Fills the registries of core with what this app has to say. Imported once, by the app config."""

import datetime as dt
from urllib.parse import urlencode

from django.urls import reverse

from core import demo, menu, searching, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from orgs import lifecycle, panels
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.rounds import offers
from schedules.rounds.models import Report
from showcase.panels import subjects

from . import figures, jobs, sources, verbs, worklist  # noqa: F401  (some register themselves)
from . import lifecycle as own_lifecycle
from .actions import succession
from .enums import BrandState, HighlightState
from .models.brand import KIND
from .queries import judging, listing, origins

core_verbs.register("brands", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
menu.register(
    menu.Entry(
        "党建品牌",
        "brands:brand-list",
        "deeds",
        20,
        permission=Permission.BRAND_VIEW,
        marks=("brands:",),
    )
)
menu.register_parts(
    "brands:brand-list",
    menu.Part(
        "品牌",
        "brands:brand-list",
        10,
        permission=Permission.BRAND_VIEW,
        marks=("brands:brand", "brands:copy", "brands:figure"),
    ),
    menu.Part(
        "年度亮点",
        "brands:highlight-list",
        20,
        permission=Permission.BRAND_VIEW,
        marks=("brands:highlight",),
    ),
)
tones.register(
    BrandState,
    {
        BrandState.CANDIDATE: "mute",
        BrandState.CULTIVATING: "info",
        BrandState.REVIEWING: "warn",
        BrandState.NAMED: "ok",
        BrandState.RECHECKING: "warn",
        BrandState.WITHDRAWN: "mute",
        BrandState.DROPPED: "mute",
    },
)
tones.register(
    HighlightState,
    {
        HighlightState.NOTED: "info",
        HighlightState.TAKEN: "ok",
        HighlightState.DROPPED: "mute",
    },
)
subjects.register(subjects.Subject(KIND, "品牌", judging.describe))
sources.register(sources.Source(origins.REPORT, "月报", origins.find_report, origins.offer_reports))
sources.register(
    sources.Source(origins.MEETING, "会议和活动", origins.find_meeting, origins.offer_meetings)
)
sources.register(
    sources.Source(origins.PROJECT, "党建项目", origins.find_project, origins.offer_projects)
)


@offers.register
def note_from_report(actor: Actor, report: Report) -> list[offers.Offer]:
    """记亮点 on the page of a report that was sent. No query."""
    if report.state in origins.UNSENT or report.submitted_at is None:
        return []
    if not actor.may_at(Permission.BRAND_PROPOSE, report.organization.path):
        return []
    address = reverse("brands:highlight-create")
    return [offers.Offer("记亮点", f"{address}?{urlencode({'from': f'report:{report.pk}'})}")]


@searching.register
def find_brands(actor: Actor, query: str) -> searching.Hits | None:
    """Brands by their name, as far as the actor may read of them. One query."""
    if not actor.may(Permission.BRAND_VIEW) or len(query.strip()) < 2:
        return None
    hits = [
        searching.Hit(
            str(one), f"{one.organization} · {one.get_state_display()}", one.get_absolute_url()
        )
        for one in listing.brands_called(actor, query)
    ]
    return searching.Hits("党建品牌", hits)


@panels.register
def show_brands(actor: Actor, organization: Organization) -> list[panels.Panel]:
    """The brands of the organisation, as far as the actor may read of them. One query."""
    if not actor.may(Permission.BRAND_VIEW):
        return []
    rows = tuple(
        panels.PanelRow(str(one), one.get_state_display(), one.get_absolute_url())
        for one in listing.brands_of(actor, organization)
    )
    return [panels.Panel("党建品牌", rows)] if rows else []


lifecycle.register_foresight(own_lifecycle.foresee)
lifecycle.register_abolition_blocker(own_lifecycle.object_to_abolishing)


@lifecycle.register_merge_step
def take_over(source: Organization, target: Organization, on: dt.date, by: Actor) -> None:
    """The brands of what is merged go over."""
    succession.follow(source=source, target=target, by=by)


demo.register("showcase.brands.demo.brands", order=103)

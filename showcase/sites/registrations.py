"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping

from core import demo, menu, searching, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from orgs import lifecycle as organizations
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.rounds import evidence
from schedules.rounds.evidence import Reference, Use
from showcase.panels import subjects

from . import figures, lifecycle, verbs, worklist  # noqa: F401  (figures register themselves)
from .actions import deciding, succession
from .enums import CheckMark, ProgrammeState, SiteState
from .models import DemonstrationSite, SiteEvidence
from .queries.listing import sites_called
from .queries.reviewing import KIND, titles_of

core_verbs.register("sites", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
demo.register("showcase.sites.demo.sites", order=106)
menu.register(
    menu.Entry(
        "示范点",
        "sites:site-list",
        "deeds",
        30,
        permission=Permission.SITE_VIEW,
        marks=("sites:",),
    )
)
tones.register(
    ProgrammeState,
    {
        ProgrammeState.DRAFT: "mute",
        ProgrammeState.OPEN: "info",
        ProgrammeState.CLOSED: "mute",
    },
)
tones.register(
    SiteState,
    {
        SiteState.DRAFT: "mute",
        SiteState.SENT: "info",
        SiteState.RETURNED: "warn",
        SiteState.WITHDRAWN: "mute",
        SiteState.DECLINED: "mute",
        SiteState.NAMED: "gold",
        SiteState.WARNED: "warn",
        SiteState.REMOVED: "mute",
    },
)
tones.register(CheckMark, {CheckMark.MET: "ok", CheckMark.PARTLY: "warn", CheckMark.UNMET: "bad"})


def _describe(uids: Collection[uuid.UUID], actor: Actor) -> Mapping[uuid.UUID, subjects.Told]:
    """Applications as who judges them is told. One query."""
    return {
        uid: subjects.Told(f"{site.organization}：{site}", site.get_absolute_url())
        for uid, site in titles_of(uids, actor).items()
    }


subjects.register(
    subjects.Subject(
        KIND,
        "示范点申报",
        _describe,
        closed=lambda panel, by: deciding.take_in_review(panel=panel, by=by),
    )
)
organizations.register_foresight(lifecycle.foresee)
organizations.register_abolition_blocker(lifecycle.object_to_abolishing)


@organizations.register_merge_step
def follow(source: Organization, target: Organization, on: dt.date, by: Actor) -> None:
    """Sites and applications of the source go over to the target."""
    succession.follow(source=source, target=target, by=by)


@evidence.register_uses
def uses_in_sites(actor: Actor, reference: Reference) -> list[Use]:
    """The applications that refer to the record, newest first. One query."""
    kind, uid = reference
    rows = SiteEvidence.objects.filter(
        kind=kind, uid=uid, site__in=DemonstrationSite.objects.within_reach(actor)
    ).select_related("site")
    return [
        Use(f"示范点 {row.site} 引用", row.site.get_absolute_url()) for row in rows.order_by("-pk")
    ]


@searching.register
def find_sites(actor: Actor, query: str) -> searching.Hits | None:
    """Sites in force by name, organisation or number. One query."""
    if not actor.may(Permission.SITE_VIEW) or len(query.strip()) < 2:
        return None
    hits = [
        searching.Hit(
            str(one),
            f"{one.organization} · {one.programme.get_level_display()}",
            one.get_absolute_url(),
        )
        for one in sites_called(actor, query)
    ]
    return searching.Hits("示范点", hits)

"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from decimal import Decimal

from assessments.cycles import offers as offers_of_cycles
from core import demo, menu, searching, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from orgs import lifecycle as organizations
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.action_items import sources
from schedules.rounds import digests, evidence
from showcase.panels import subjects
from showcase.panels.rules import Criterion

from . import (  # noqa: F401  (some register themselves)
    digest,
    figures,
    jobs,
    kinds,
    lifecycle,
    offers,
    verbs,
    worklist,
)
from .actions import deciding, reminding, succession
from .enums import AskState, Grade, ProjectState
from .models import Project
from .models.project import KIND
from .queries import links, worked

HITS = 5

core_verbs.register("projects", verbs.VERBS, verbs.FIELDS)
demo.register("showcase.projects.demo.projects", order=100)
work.register(worklist.provide)
digests.register(
    digests.Contributor(
        "projects", digest.parts, lambda parts, by: reminding.told(parts=parts, by=by)
    )
)
evidence.register(
    evidence.EvidenceKind(KIND, "党建项目", worked.find, evidence.nothing, work=worked.below_place)
)
sources.register(sources.Source(KIND, "党建项目", links.addresses))
offers_of_cycles.register_links_of_assessed(offers.of_assessed)
menu.register(
    menu.Entry(
        "党建项目",
        "projects:project-list",
        "deeds",
        10,
        permission=Permission.PROJECT_VIEW,
        marks=("projects:",),
    )
)
tones.register(
    ProjectState,
    {
        ProjectState.DRAFT: "mute",
        ProjectState.SUBMITTED: "info",
        ProjectState.REVIEW: "info",
        ProjectState.RETURNED: "warn",
        ProjectState.REJECTED: "mute",
        ProjectState.RUNNING: "info",
        ProjectState.CLOSING: "warn",
        ProjectState.CLOSED: "ok",
        ProjectState.SPREAD: "ok",
        ProjectState.ARCHIVED: "mute",
        ProjectState.TERMINATED: "mute",
    },
)
tones.register(
    AskState, {AskState.WAITING: "warn", AskState.GRANTED: "ok", AskState.REFUSED: "mute"}
)
tones.register(Grade, {Grade.EXCELLENT: "ok", Grade.PASSED: "ok", Grade.FAILED: "bad"})


def _told(uids: Collection[uuid.UUID], actor: Actor) -> Mapping[uuid.UUID, subjects.Told]:
    """The projects among them that the actor may read. One query."""
    rows = Project.objects.visible_to(actor).filter(uid__in=list(uids))
    return {one.uid: subjects.Told(str(one), one.get_absolute_url()) for one in rows}


# 切口小、有难度、示范强、能落实.
subjects.register(
    subjects.Subject(
        KIND,
        "党建项目",
        _told,
        criteria=(
            Criterion("small", "切口小", Decimal(25)),
            Criterion("hard", "有难度", Decimal(25)),
            Criterion("leading", "示范强", Decimal(25)),
            Criterion("sound", "能落实", Decimal(25)),
        ),
        cancelled=deciding.panel_cancelled,
    )
)

organizations.register_foresight(lifecycle.foresee)
organizations.register_abolition_blocker(lifecycle.object_to_abolishing)


@organizations.register_merge_step
def follow(source: Organization, target: Organization, on: dt.date, by: Actor) -> None:
    """What the source undertakes and leads goes over to the target."""
    succession.follow(source=source, target=target, by=by)


@searching.register
def find_projects(actor: Actor, query: str) -> searching.Hits | None:
    """Projects by their title, in the scope. One query."""
    if not actor.may(Permission.PROJECT_VIEW) or len(query.strip()) < 2:
        return None
    rows = Project.objects.visible_to(actor).filter(title__icontains=query.strip())
    hits = [
        searching.Hit(
            str(one),
            f"{one.organization} · {one.get_state_display()}",
            one.get_absolute_url(),
        )
        for one in rows.select_related("organization")[:HITS]
    ]
    return searching.Hits("党建项目", hits)

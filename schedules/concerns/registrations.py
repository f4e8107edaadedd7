"""Fills the registries of core with what this app has to say. Imported once, by the app config."""

import datetime as dt

from django.urls import reverse

from core import demo, importing, marked_sheets, menu, public_links, sealed, searching, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from orgs import lifecycle as organizations
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.action_items import sources

from . import figures, imports, jobs, lifecycle, verbs, worklist  # noqa: F401  (register themselves)
from .actions import concerns, filings, practices
from .enums import CallBack, ConcernState, PracticeState, Urgency
from .models import Concern
from .models.concern import column
from .queries.filings import open_form
from .queries.listing import called, open_addresses

core_verbs.register("concerns", verbs.VERBS, verbs.FIELDS)
importing.register(imports.IMPORTER)
work.register(worklist.provide)
demo.register("schedules.concerns.demo.concerns", order=77)
marked_sheets.register(
    imports.IMPORTER,
    reach=lambda batch, actor: (
        (batch.uploaded_by_id, batch.grant_id) == (actor.user_id, actor.grant_id)
        and actor.may(Permission.CONCERN_ASSIGN)
    ),
)
for _item in ("person", "phone"):
    sealed.register(Concern, f"{_item}_sealed", column(_item))
menu.register(
    menu.Entry(
        "群众诉求",
        "concerns:concern-list",
        "deeds",
        40,
        permission=Permission.CONCERN_VIEW,
        marks=("concerns:",),
    )
)
menu.register_parts(
    "concerns:concern-list",
    menu.Part("诉求", "concerns:concern-list", 10, permission=Permission.CONCERN_VIEW),
    menu.Part("常态做法", "concerns:practice-list", 20, permission=Permission.CONCERN_VIEW),
    menu.Part("答复模板", "concerns:template-list", 30, permission=Permission.CONCERN_ASSIGN),
    menu.Part("类别和时限", "concerns:kind-list", 40, permission=Permission.CONCERN_RULES),
    menu.Part("公开表单", "concerns:form-edit", 50, permission=Permission.CONCERN_RULES),
)
sources.register(sources.Source(concerns.CONCERN, "群众诉求", open_addresses))
tones.register(
    ConcernState,
    {
        ConcernState.WAITING: "warn",
        ConcernState.DOING: "info",
        ConcernState.ANSWERED: "info",
        ConcernState.CLOSED: "ok",
        ConcernState.ELSEWHERE: "mute",
        ConcernState.DROPPED: "mute",
    },
)
tones.register(Urgency, {Urgency.NORMAL: "mute", Urgency.URGENT: "bad"})
tones.register(
    CallBack,
    {
        CallBack.SOLVED: "ok",
        CallBack.EXPLAINED: "mute",
        CallBack.UNREACHED: "mute",
        CallBack.UNSOLVED: "warn",
        CallBack.NO_CONTACT: "mute",
    },
)
tones.register(
    PracticeState,
    {
        PracticeState.ADOPTED: "ok",
        PracticeState.DECLINED: "mute",
        PracticeState.RETIRED: "mute",
    },
)
organizations.register_foresight(lifecycle.foresee)
organizations.register_abolition_blocker(lifecycle.object_to_abolishing)


@organizations.register_merge_step
def follow(source: Organization, target: Organization, on: dt.date, by: Actor) -> None:
    """What the source deals with goes over to the target."""
    concerns.follow(source=source, target=target, by=by)
    practices.follow(source=source, target=target, by=by)
    filings.follow(source=source, target=target, by=by)


@searching.register
def find_concerns(actor: Actor, query: str) -> searching.Hits | None:
    """Concerns by words of the resident or the number of the work order, in the scope. One query."""
    if not actor.may(Permission.CONCERN_VIEW) or len(query.strip()) < 2:
        return None
    hits = [
        searching.Hit(str(one), one.get_state_display(), one.get_absolute_url())
        for one in called(actor, query.strip())
    ]
    return searching.Hits("群众诉求", hits)


@public_links.register
def form_link() -> public_links.Link | None:
    """The public form, from the sign-in page, while it is on. One query."""
    if open_form() is None:
        return None
    return public_links.Link("反映身边的问题（公开）", reverse("concerns:filing-create"))

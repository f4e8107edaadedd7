"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""

import datetime as dt

from django.urls import reverse

from core import beside, clock, demo, menu, public_links, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from orgs import lifecycle as organizations
from orgs.models import Organization
from orgs.permissions import Permission

from . import lifecycle, offers, verbs, worklist
from .actions import publishing, succession
from .enums import StoryState
from .queries.pages import is_anything_shown

core_verbs.register("public", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
beside.register(offers.story_link)
demo.register("showcase.public.demo.stories", order=109)
menu.register(
    menu.Entry(
        "公开展示",
        "public:story-list",
        "deeds",
        35,
        permission=Permission.STORY_WRITE,
        marks=("public:",),
    )
)
tones.register(
    StoryState,
    {
        StoryState.DRAFT: "mute",
        StoryState.HANDED_IN: "info",
        StoryState.RETURNED: "warn",
        StoryState.PUBLISHED: "ok",
        StoryState.TAKEN_DOWN: "mute",
    },
)
organizations.register_foresight(lifecycle.foresee)
organizations.register_abolition_blocker(lifecycle.object_to_abolishing)


@organizations.register_merge_step
def follow(source: Organization, target: Organization, on: dt.date, by: Actor) -> None:
    """Stories of the source go over to the target."""
    succession.follow(source=source, target=target, by=by)


public_links.on_change(publishing.follow_form)


@public_links.register
def showcase_link() -> public_links.Link | None:
    """The pages for all, from the sign-in page, while there is anything to see. One query."""
    if not is_anything_shown(clock.today()):
        return None
    return public_links.Link("党建示范（公开）", reverse("public:front"))

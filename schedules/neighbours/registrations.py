"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

import datetime as dt

from core import demo, menu, sealed, searching, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from orgs import lifecycle as organizations
from orgs.models import Organization
from orgs.permissions import Permission

from . import jobs, lifecycle, verbs, worklist  # noqa: F401  (jobs register themselves)
from .actions import succession
from .enums import WishState
from .models import Wish
from .models.wish import COLUMN
from .queries.listing import wishes_called

core_verbs.register("neighbours", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
demo.register("schedules.neighbours.demo.neighbours", order=78)
sealed.register(Wish, "resident_sealed", COLUMN)
menu.register(
    menu.Entry(
        "邻里共建",
        "neighbours:wish-list",
        "deeds",
        50,
        permission=Permission.NEIGHBOUR_VIEW,
        marks=("neighbours:",),
    )
)
menu.register_parts(
    "neighbours:wish-list",
    menu.Part("微心愿", "neighbours:wish-list", 10, permission=Permission.NEIGHBOUR_VIEW),
    menu.Part("带岗带责", "neighbours:post-list", 20, permission=Permission.NEIGHBOUR_VIEW),
    menu.Part(
        "双报到和共建", "neighbours:partnership-list", 30, permission=Permission.NEIGHBOUR_VIEW
    ),
)
tones.register(
    WishState,
    {
        WishState.OPEN: "warn",
        WishState.CLAIMED: "info",
        WishState.FULFILLED: "ok",
        WishState.WITHDRAWN: "mute",
    },
)
organizations.register_foresight(lifecycle.foresee)
organizations.register_abolition_blocker(lifecycle.object_to_abolishing)


@organizations.register_merge_step
def follow(source: Organization, target: Organization, on: dt.date, by: Actor) -> None:
    """What is not over goes over to the target."""
    succession.follow(source=source, target=target, by=by)


@searching.register
def find_wishes(actor: Actor, query: str) -> searching.Hits | None:
    """Wishes that are not over, by their title. One query."""
    if not actor.may(Permission.NEIGHBOUR_VIEW) or len(query.strip()) < 2:
        return None
    hits = [
        searching.Hit(
            str(one), f"{one.organization} · {one.get_state_display()}", one.get_absolute_url()
        )
        for one in wishes_called(actor, query)
    ]
    return searching.Hits("微心愿", hits)

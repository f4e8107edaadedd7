"""Fills the registries of core with what this app has to say. Imported once, by the app config."""

from core import demo, menu, periods, searching, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from orgs.permissions import Permission
from schedules.dispatch import agenda_feeds
from schedules.rounds import asks, evidence

from . import agenda, jobs, verbs, worklist  # noqa: F401  (jobs register themselves)
from .enums import Outcome, ThemeState
from .queries import asked, worked
from .queries.listing import themes_called

core_verbs.register("themes", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
agenda_feeds.register(agenda.feed)
demo.register("schedules.themes.demo.themes", order=75)
demo.register("schedules.themes.demo.finder", order=118)  # reads what all others made
menu.register(
    menu.Entry(
        "季度主题",
        "themes:theme-list",
        "process",
        16,
        permission=Permission.THEME_VIEW,
        marks=("themes:",),
    )
)
asks.register(
    asks.Source(
        asked.SOURCE,
        "季度主题",
        {"theme": "季度主题"},
        asked.asks_of_themes,
        asked.totals_of_themes,
        asked.written_for_themes,
    )
)
evidence.register(
    evidence.EvidenceKind(
        worked.KEY, "季度主题", worked.find, evidence.nothing, work=worked.open_to
    )
)
tones.register(
    ThemeState,
    {
        ThemeState.DRAFT: "mute",
        ThemeState.RUNNING: "info",
        ThemeState.CONCLUDED: "ok",
        ThemeState.DROPPED: "mute",
    },
)
tones.register(
    Outcome,
    {
        Outcome.REACHED: "ok",
        Outcome.SHORT: "warn",
        Outcome.NONE: "mute",
        Outcome.UNKNOWN: "mute",
    },
)


@searching.register
def find_themes(actor: Actor, query: str) -> searching.Hits | None:
    """Themes by their title, in the scope. One query."""
    if not actor.may(Permission.THEME_VIEW) or len(query.strip()) < 2:
        return None
    hits = [
        searching.Hit(
            str(one),
            f"{periods.label(one.quarter)} {one.get_state_display()}",
            one.get_absolute_url(),
        )
        for one in themes_called(actor, query)
    ]
    return searching.Hits("季度主题", hits)

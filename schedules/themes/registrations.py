"""Fills the registries of core with what this app has to say. Imported once, by the app config."""

from core import demo, menu, tones
from core import verbs as core_verbs
from core import worklist as work
from orgs.permissions import Permission

from . import jobs, verbs, worklist  # noqa: F401  (jobs register themselves)
from .enums import Outcome, ThemeState

core_verbs.register("themes", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
demo.register("schedules.themes.demo.themes", order=75)
demo.register("schedules.themes.demo.finder", order=90)  # when the assessments are decided on
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

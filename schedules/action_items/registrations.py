"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

from core import menu, tones
from core import verbs as core_verbs
from orgs.permissions import Permission

from . import sources, verbs
from .actions.checking import RELAPSE
from .enums import ActionState, LineState, Look, Priority

core_verbs.register("action_items", verbs.VERBS, verbs.FIELDS)
sources.register(sources.Source(RELAPSE, "回头看反弹"))
menu.register_parts(
    "schedules:report-matrix",
    menu.Part(
        "督办事项",
        "action_items:item-list",
        30,
        permission=Permission.ACTION_VIEW,
        marks=("action_items:item", "action_items:extension", "action_items:line"),
    ),
)
tones.register(
    ActionState,
    {
        ActionState.DRAFT: "mute",
        ActionState.ISSUED: "info",
        ActionState.DOING: "mute",
        ActionState.WAITING: "warn",
        ActionState.REPORTED: "info",
        ActionState.CLOSED: "ok",
        ActionState.CANCELLED: "mute",
    },
)
tones.register(
    LineState, {LineState.OPEN: "mute", LineState.REPORTED: "info", LineState.DONE: "ok"}
)
tones.register(Look, {Look.NONE: "mute", Look.LASTING: "ok", Look.RELAPSED: "warn"})
tones.register(
    Priority, {Priority.NORMAL: "mute", Priority.IMPORTANT: "warn", Priority.URGENT: "bad"}
)

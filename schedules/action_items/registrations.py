"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

from core import demo, tones
from core import verbs as core_verbs

from . import figures, packs, sources, verbs  # noqa: F401  (packs register themselves)
from .actions.checking import RELAPSE
from .enums import ActionState, LineState, Look, Priority

core_verbs.register("action_items", verbs.VERBS, verbs.FIELDS)
sources.register(sources.Source(RELAPSE, "回头看反弹"))
demo.register("schedules.action_items.demo.items", order=50)
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

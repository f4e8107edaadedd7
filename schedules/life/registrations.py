"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

from core import tones
from core import verbs as core_verbs

from . import kinds, verbs  # noqa: F401  (the kinds register themselves)
from .enums import MeetingState, Presence

core_verbs.register("life", verbs.VERBS, verbs.FIELDS)
tones.register(
    MeetingState,
    {
        MeetingState.RECORDED: "info",
        MeetingState.THANKED: "ok",
        MeetingState.RETURNED: "warn",
        MeetingState.WITHDRAWN: "mute",
    },
)
tones.register(Presence, {Presence.PRESENT: "ok", Presence.ABSENT: "warn", Presence.GUEST: "info"})

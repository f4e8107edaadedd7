"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

from core import menu, tones
from core import verbs as core_verbs
from orgs.permissions import Permission

from . import kinds, panels, suggestions, verbs  # noqa: F401  (the kinds register themselves)
from .enums import MeetingState, Presence
from .figures import meetings  # noqa: F401  (registers itself)

menu.register(
    menu.Entry(
        "组织生活",
        "life:meeting-list",
        "process",
        15,
        permission=Permission.LIFE_VIEW,
        marks=("life:",),
    )
)
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

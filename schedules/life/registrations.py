"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

from core import menu, tones
from core import verbs as core_verbs
from orgs.permissions import Permission

from . import kinds, verbs  # noqa: F401  (the kinds register themselves)
from .enums import MeetingState, Presence
from .figures import study as _study_figures  # noqa: F401
from .ledgers import study as _study_ledger  # noqa: F401

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
menu.register_parts(
    "life:meeting-list",
    menu.Part("记录", "life:meeting-list", 10, permission=Permission.LIFE_VIEW),
    menu.Part("补课", "life:study-missed", 40, permission=Permission.LIFE_VIEW),
    menu.Part("学时", "life:study-hours", 50, permission=Permission.LIFE_VIEW),
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

"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

from core import menu, tones
from core import verbs as core_verbs
from orgs.permissions import Permission

from . import kinds, starting, verbs  # noqa: F401  (the kinds and steps register themselves)
from .enums import MeetingState, Presence, ProblemState
from .figures import appraisal as _appraisal_figures  # noqa: F401  (register themselves)
from .ledgers import appraisal as _appraisal_ledgers  # noqa: F401

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
    "schedules:plan-list",
    menu.Part("组织生活任务", "life:plan-install", 20, permission=Permission.PLAN_EDIT),
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
tones.register(
    ProblemState,
    {ProblemState.OPEN: "warn", ProblemState.DONE: "ok", ProblemState.CARRIED: "mute"},
)

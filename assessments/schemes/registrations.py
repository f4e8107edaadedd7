"""Fills the registries of core with what this app has to say. Imported once, by the app config."""

from core import menu, tones
from core import verbs as core_verbs
from orgs.permissions import Permission

from . import verbs
from .enums import ExemptionState, VersionState

core_verbs.register("schemes", verbs.VERBS, verbs.FIELDS)
menu.register(
    menu.Entry(
        "半年考核",
        "schemes:scheme-list",
        "process",
        18,
        permission=Permission.SCHEME_VIEW,
        marks=("schemes:",),
    )
)
menu.register_parts(
    "schemes:scheme-list",
    menu.Part(
        "考核细则",
        "schemes:scheme-list",
        10,
        permission=Permission.SCHEME_VIEW,
        marks=("schemes:",),
    ),
)
tones.register(
    VersionState,
    {
        VersionState.DRAFT: "mute",
        VersionState.SUBMITTED: "warn",
        VersionState.PUBLISHED: "ok",
        VersionState.DISCARDED: "mute",
    },
)
tones.register(
    ExemptionState,
    {
        ExemptionState.PROPOSED: "warn",
        ExemptionState.APPROVED: "info",
        ExemptionState.REFUSED: "mute",
        ExemptionState.ENDED: "mute",
    },
)

"""Fills the registries of core with what this app has to say. Imported once, by the app config."""

from core import demo, tones
from core import verbs as core_verbs

from . import verbs
from .enums import ExemptionState, VersionState

demo.register("assessments.schemes.demo.schemes", order=80)
core_verbs.register("schemes", verbs.VERBS, verbs.FIELDS)
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

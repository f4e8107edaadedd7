"""Fills the registries of core with what this app has to say. Imported once, by the app config."""

from core import demo, importing, marked_sheets, menu, tones
from core import verbs as core_verbs
from core import worklist as work
from orgs.permissions import Permission

from . import imports, self_checks, verbs, worklist  # noqa: F401  (self_checks registers itself)
from .enums import ExemptionLook, ExemptionState, VersionState

demo.register("assessments.schemes.demo.schemes", order=80)
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
importing.register(imports.IMPORTER)
marked_sheets.register(
    imports.IMPORTER,
    reach=lambda batch, actor: (
        (batch.uploaded_by_id, batch.grant_id) == (actor.user_id, actor.grant_id)
        and actor.may(Permission.SCHEME_EDIT)
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
tones.register(
    ExemptionLook,
    {
        ExemptionLook.PROPOSED: "warn",
        ExemptionLook.COMING: "info",
        ExemptionLook.HOLDING: "ok",
    },
)
work.register(worklist.provide_exemptions)

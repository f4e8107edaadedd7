"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

from core import importing, marked_sheets, menu, tones
from core import verbs as core_verbs
from core import worklist as work
from orgs.permissions import Permission

from . import imports, kinds, verbs, worklist  # noqa: F401  (the kinds register themselves)
from .enums import MeetingState, Presence

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
work.register(worklist.provide)
importing.register(imports.IMPORTER)
marked_sheets.register(
    imports.IMPORTER,
    reach=lambda batch, actor: (
        (batch.uploaded_by_id, batch.grant_id) == (actor.user_id, actor.grant_id)
        and actor.may(Permission.LIFE_RECORD)
    ),
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

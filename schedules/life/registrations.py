"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

from core import demo, menu, sealed, tones
from core import verbs as core_verbs
from orgs.permissions import Permission

from . import kinds, verbs  # noqa: F401  (the kinds register themselves)
from .enums import MeetingState, Presence
from .figures import talks as _talk_figures  # noqa: F401  (they register themselves)
from .ledgers import talks as _talk_ledgers  # noqa: F401
from .models import Talk
from .models import talk as _talk

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

# --- 谈心谈话 ---
for _item in _talk.SEALED:
    sealed.register(Talk, f"{_item}_sealed", _talk.column(_item))
demo.register("schedules.life.demo.talks", order=37)  # before the reports that count them

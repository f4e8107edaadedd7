"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

from core import demo, importing, marked_sheets, menu, sealed, tones
from core import verbs as core_verbs
from core import worklist as work
from orgs.permissions import Permission

from . import (  # noqa: F401  (register themselves)
    imports,
    kinds,
    packs,
    panels,
    starting,
    suggestions,
    verbs,
    worklist,
)
from .enums import MeetingState, Presence, ProblemState
from .figures import appraisal as figures_of_appraisals  # noqa: F401
from .figures import meetings as figures_of_meetings  # noqa: F401
from .figures import study as figures_of_study  # noqa: F401
from .figures import talks as figures_of_talks  # noqa: F401
from .ledgers import appraisal as ledgers_of_appraisals  # noqa: F401
from .ledgers import elsewhere as ledgers_of_guests  # noqa: F401
from .ledgers import meetings as ledgers_of_meetings  # noqa: F401
from .ledgers import study as ledgers_of_study  # noqa: F401
from .ledgers import talks as ledgers_of_talks  # noqa: F401
from .models import Talk
from .models import talk as _talk
from .queries import year_plans

menu.register(
    menu.Entry(
        "组织生活",
        "life:meeting-list",
        "process",
        15,
        permission=Permission.LIFE_VIEW,
        marks=("life:",),
        tab=3,
    )
)
menu.register_parts(
    "life:meeting-list",
    menu.Part("记录", "life:meeting-list", 10, permission=Permission.LIFE_VIEW),
    menu.Part("谈心谈话", "life:talk-list", 30, permission=Permission.LIFE_VIEW),
    menu.Part("补课", "life:study-missed", 40, permission=Permission.LIFE_VIEW),
    menu.Part("学时", "life:study-hours", 50, permission=Permission.LIFE_VIEW),
    menu.Part("党小组", "life:group-list", 60, permission=Permission.LIFE_RECORD),
    menu.Part("免到", "life:exemption-list", 70, permission=Permission.LIFE_RECORD),
    menu.Part("台账", "life:ledger-list", 80, permission=Permission.LIFE_VIEW),
    menu.Part("年度计划", "life:plan-list", 90, permission=Permission.LIFE_VIEW),
)
menu.register_parts(
    "schedules:plan-list",
    menu.Part("组织生活任务", "life:plan-install", 20, permission=Permission.PLAN_EDIT),
)
work.register(worklist.provide)
work.register(worklist.tell_missed)
worklist.register_plans(year_plans.meetings_planned_on)
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
tones.register(
    ProblemState,
    {ProblemState.OPEN: "warn", ProblemState.DONE: "ok", ProblemState.CARRIED: "mute"},
)

# --- 谈心谈话 ---
for _item in _talk.SEALED:
    sealed.register(Talk, f"{_item}_sealed", _talk.column(_item))
demo.register("schedules.life.demo.meetings", order=35)  # before the reports that count it
demo.register("schedules.life.demo.talks", order=37)
demo.register("schedules.life.demo.study", order=36)
demo.register("schedules.life.demo.problems", order=38)
demo.register("schedules.life.demo.appraisals", order=39)
demo.register("schedules.life.demo.year_plans", order=41)

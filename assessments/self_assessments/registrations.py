"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""

from assessments.cycles import demo as demo_of_cycles
from assessments.cycles import offers as offers_of_cycles
from core import menu, tones
from core import verbs as core_verbs
from core import worklist as work
from schedules.rounds import digests

from . import digest, offers, verbs, worklist
from .actions import reminding
from .demo import selfs
from .enums import SelfState, Stance

core_verbs.register("self_assessments", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
offers_of_cycles.register_links(offers.of_cycle)
offers_of_cycles.register_links_of_assessed(offers.of_assessed)
digests.register(
    digests.Contributor(
        "self_assessments", digest.parts, lambda parts, by: reminding.told(parts=parts, by=by)
    )
)
tones.register(
    SelfState, {SelfState.DRAFT: "mute", SelfState.SENT: "ok", SelfState.RETURNED: "warn"}
)
tones.register(Stance, {Stance.STANDS: "ok", Stance.QUESTIONED: "warn", Stance.MARKED: "info"})
demo_of_cycles.register_between(selfs.between)
menu.register_marks("schemes:scheme-list", "self_assessments:")

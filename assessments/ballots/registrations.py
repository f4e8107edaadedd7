"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""

from assessments.cycles import offers as cycle_offers
from core import demo, menu, tones
from core import verbs as core_verbs
from core import worklist as work

from . import offers, verbs, worklist
from .enums import ReportState, RoundState

demo.register("assessments.ballots.demo.ballots", order=87)
core_verbs.register("ballots", verbs.VERBS, verbs.FIELDS)
cycle_offers.register_against(offers.against)
cycle_offers.register_claim(offers.claimed)
cycle_offers.register_links(offers.links)
cycle_offers.register_links_of_assessed(offers.links_of_assessed)
work.register(worklist.provide)
tones.register(
    RoundState,
    {RoundState.OPEN: "info", RoundState.DIFFERING: "warn", RoundState.DONE: "ok"},
)
tones.register(
    ReportState,
    {ReportState.DRAFT: "mute", ReportState.SENT: "ok", ReportState.RETURNED: "warn"},
)
menu.register_marks("schemes:scheme-list", "ballots:")

"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""

from core import tones
from core import verbs as core_verbs
from core import worklist as work

from . import verbs, worklist
from .enums import PanelState, SeatStanding

core_verbs.register("panels", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
tones.register(
    PanelState,
    {PanelState.OPEN: "info", PanelState.CLOSED: "ok", PanelState.CANCELLED: "mute"},
)
tones.register(
    SeatStanding,
    {SeatStanding.SITS: "ok", SeatStanding.OUT: "warn", SeatStanding.LEFT: "mute"},
)

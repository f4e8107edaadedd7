"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""

from core import tones
from core import verbs as core_verbs
from core import worklist as work

from . import verbs, worklist
from .enums import PanelState, SeatState

core_verbs.register("panels", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
tones.register(
    PanelState,
    {PanelState.OPEN: "info", PanelState.CLOSED: "ok", PanelState.CANCELLED: "mute"},
)
tones.register(
    SeatState,
    {SeatState.SITS: "ok", SeatState.OUT: "warn", SeatState.LEFT: "mute"},
)

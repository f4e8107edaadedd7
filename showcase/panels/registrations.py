"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""

import datetime as dt

from core import tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from orgs import lifecycle as organizations
from orgs.models import Organization

from . import lifecycle, verbs, worklist
from .actions import succession
from .enums import PanelState, SeatState

core_verbs.register("panels", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
organizations.register_foresight(lifecycle.foresee)
organizations.register_abolition_blocker(lifecycle.object_to_abolishing)
tones.register(
    PanelState,
    {PanelState.OPEN: "info", PanelState.CLOSED: "ok", PanelState.CANCELLED: "mute"},
)
tones.register(
    SeatState,
    {SeatState.SITS: "ok", SeatState.OUT: "warn", SeatState.LEFT: "mute"},
)


@organizations.register_merge_step
def follow(source: Organization, target: Organization, on: dt.date, by: Actor) -> None:
    """Open panels of the source go over to the target."""
    succession.follow(source=source, target=target, by=by)

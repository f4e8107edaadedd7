"""Fills the registries of core and orgs with what this app has to say. Imported once, by the app
config."""

import datetime as dt

from core import tones
from core import verbs as core_verbs
from core.actor import Actor
from orgs import lifecycle as organizations
from orgs.models import Organization
from schedules.rounds import digests

from . import digest, jobs, lifecycle, sources, verbs  # noqa: F401  (jobs register themselves)
from .actions import reminding, succession
from .actions.checking import RELAPSE
from .enums import ActionState, LineState, Look, Priority

core_verbs.register("action_items", verbs.VERBS, verbs.FIELDS)
sources.register(sources.Source(RELAPSE, "回头看反弹"))
tones.register(
    ActionState,
    {
        ActionState.DRAFT: "mute",
        ActionState.ISSUED: "info",
        ActionState.DOING: "mute",
        ActionState.WAITING: "warn",
        ActionState.REPORTED: "info",
        ActionState.CLOSED: "ok",
        ActionState.CANCELLED: "mute",
    },
)
tones.register(
    LineState, {LineState.OPEN: "mute", LineState.REPORTED: "info", LineState.DONE: "ok"}
)
tones.register(Look, {Look.NONE: "mute", Look.LASTING: "ok", Look.RELAPSED: "warn"})
tones.register(
    Priority, {Priority.NORMAL: "mute", Priority.IMPORTANT: "warn", Priority.URGENT: "bad"}
)
digests.register(
    digests.Contributor(
        "action_items", digest.parts, lambda parts, by: reminding.told(parts=parts, by=by)
    )
)
organizations.register_foresight(lifecycle.foresee)
organizations.register_abolition_blocker(lifecycle.object_to_abolishing)


@organizations.register_merge_step
def follow(source: Organization, target: Organization, on: dt.date, by: Actor) -> None:
    """What the source has to do goes over to the target."""
    succession.follow(source=source, target=target, by=by)

"""Fills the registries of core and of the slices below with what this app has to say. Imported
once, by the app config."""

from collections.abc import Collection, Mapping

from core import calendars, tones
from core import verbs as core_verbs
from core.actor import Actor
from schedules.action_items import sources

from . import verbs
from .actions.outcomes import SOURCE
from .enums import MeetingState, Presence
from .models import DispatchMeeting
from .queries.invited import events_of

core_verbs.register("dispatch", verbs.VERBS, verbs.FIELDS)
tones.register(
    MeetingState,
    {
        MeetingState.DRAFT: "mute",
        MeetingState.CALLED: "info",
        MeetingState.OPEN: "warn",
        MeetingState.CLOSED: "ok",
        MeetingState.CANCELLED: "mute",
    },
)
tones.register(
    Presence,
    {
        Presence.UNRECORDED: "mute",
        Presence.PRESENT: "ok",
        Presence.DEPUTY: "info",
        Presence.ABSENT: "warn",
    },
)


def _meetings(actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    """Addresses of those meetings that the actor may open. One query."""
    found = DispatchMeeting.objects.visible_to(actor).filter(pk__in=ids)
    return {meeting.pk: meeting.get_absolute_url() for meeting in found}


calendars.register("dispatch.meetings", events_of)
sources.register(sources.Source(SOURCE, "调度会", _meetings))

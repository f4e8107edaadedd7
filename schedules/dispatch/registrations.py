"""Fills the registries of core and of the slices below with what this app has to say. Imported
once, by the app config."""

from collections.abc import Collection, Mapping, Sequence

from django.urls import reverse

from core import demo, menu, searching, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from core.searching import Hit, Hits
from orgs.permissions import Permission
from schedules.action_items import sources
from schedules.rounds import mark_outcomes

from . import verbs, worklist
from .actions.outcomes import SOURCE
from .enums import MeetingState, Presence
from .models import DispatchMeeting
from .queries.found import cards_found, cards_of_marks, meetings_found

core_verbs.register("dispatch", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
demo.register("schedules.dispatch.demo.meetings", order=60)
menu.register_parts(
    "schedules:report-matrix",
    menu.Part(
        "调度会",
        "dispatch:meeting-list",
        20,
        permission=Permission.DISPATCH_VIEW,
        marks=(
            *("dispatch:meeting", "dispatch:series", "dispatch:card"),
            *("dispatch:topic", "dispatch:attendance"),
        ),
    ),
)
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


sources.register(sources.Source(SOURCE, "调度会", _meetings))


@searching.register
def find_meetings(actor: Actor, query: str) -> Hits | None:
    """Meetings, and cards of them and of backlogs, in the scope. Two queries."""
    if not actor.may(Permission.DISPATCH_VIEW) or len(query.strip()) < 2:
        return None
    hits = [
        Hit(str(one), f"{one.get_state_display()} {one.place}".strip(), one.get_absolute_url())
        for one in meetings_found(actor, query)
    ]
    hits += [
        Hit(
            card.title,
            str(card.meeting) if card.meeting else f"{card.series}备选议题",
            f"{card.meeting.get_absolute_url()}#c{card.pk}"
            if card.meeting
            else reverse("dispatch:meeting-list"),
        )
        for card in cards_found(actor, query)
    ]
    return Hits("调度会", hits)


@mark_outcomes.register
def tell_of_marks(
    actor: Actor, marks: Collection[int]
) -> Mapping[int, Sequence[mark_outcomes.Outcome]]:
    """On which agendas what was marked in reports has come. One query."""
    return {
        pk: [
            mark_outcomes.Outcome(
                f"已列入{card.meeting}", f"{card.meeting.get_absolute_url()}#c{card.pk}"
            )
            for card in cards
            if card.meeting is not None
        ]
        for pk, cards in cards_of_marks(actor, marks).items()
    }

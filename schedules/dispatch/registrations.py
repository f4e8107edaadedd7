"""Fills the registries of core and of the slices below with what this app has to say. Imported
once, by the app config."""

from collections.abc import Collection, Mapping, Sequence

from django.urls import reverse

from core import calendars, clock, demo, menu, searching, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from core.searching import Hit, Hits
from members.queries.roster import led_by
from orgs import panels
from orgs.models import Organization
from orgs.permissions import Permission
from orgs.queries.organizations import named_like
from schedules.action_items import sources
from schedules.rounds import mark_outcomes

from . import verbs, worklist
from .actions.outcomes import SOURCE
from .actions.tours import SOURCE as TOUR
from .actions.visits import SOURCE as VISIT
from .enums import DrawState, MeetingState, Presence, VisitState
from .models import DispatchMeeting, FieldVisit, TourNote
from .queries.found import cards_found, cards_of_marks, items_of_marks, meetings_found
from .queries.invited import events_of
from .queries.visits import last_visits

core_verbs.register("dispatch", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
demo.register("schedules.dispatch.demo.meetings", order=60)
demo.register("schedules.dispatch.demo.visits", order=65)
demo.register("schedules.dispatch.demo.tours", order=70)
menu.register_parts(
    "schedules:report-matrix",
    menu.Part(
        "调度会",
        "dispatch:meeting-list",
        20,
        permission=Permission.DISPATCH_VIEW,
        marks=(
            *("dispatch:meeting", "dispatch:series", "dispatch:card"),
            *("dispatch:topic", "dispatch:attendance", "dispatch:tour"),
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


calendars.register("dispatch.meetings", events_of)
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
    """On which agendas what was marked in reports has come, and what was given out of it. Two
    queries."""
    told: dict[int, list[mark_outcomes.Outcome]] = {}
    for pk, cards in cards_of_marks(actor, marks).items():
        told[pk] = [
            mark_outcomes.Outcome(
                f"已列入{card.meeting}", f"{card.meeting.get_absolute_url()}#c{card.pk}"
            )
            for card in cards
            if card.meeting is not None
        ]
    for pk, items in items_of_marks(actor, marks).items():
        told.setdefault(pk, []).extend(
            mark_outcomes.Outcome(
                f"督办{item}：{item.get_look_display() if item.look else item.get_state_display()}",
                item.get_absolute_url(),
            )
            for item in items
        )
    return told


# --- visits ---
tones.register(
    DrawState, {DrawState.SEEDED: "mute", DrawState.DRAWN: "info", DrawState.PUBLISHED: "ok"}
)
tones.register(
    VisitState,
    {
        VisitState.PLANNED: "info",
        VisitState.UNDER_WAY: "warn",
        VisitState.DONE: "ok",
        VisitState.CANCELLED: "mute",
    },
)
menu.register_parts(
    "schedules:report-matrix",
    menu.Part(
        "现场调研",
        "dispatch:visit-list",
        45,
        permission=Permission.DISPATCH_VIEW,
        marks=("dispatch:visit", "dispatch:draw", "dispatch:finding"),
    ),
)


def _visits(actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    """Addresses of those visits that the actor may open. One query."""
    found = FieldVisit.objects.visible_to(actor).filter(pk__in=ids)
    return {visit.pk: visit.get_absolute_url() for visit in found}


sources.register(sources.Source(VISIT, "现场调研", _visits))


def _tours(actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    """Where those notes stand, of tours that the actor may open: at their stop, whoever noted them.
    One query."""
    tours = DispatchMeeting.objects.visible_to(actor).values("pk")
    rows = TourNote.objects.filter(pk__in=ids, stop__meeting__in=tours)
    return {
        pk: f"{reverse('dispatch:tour-detail', args=[meeting])}#stop{stop}"
        for pk, stop, meeting in rows.values_list("pk", "stop_id", "stop__meeting_id")
    }


sources.register(sources.Source(TOUR, "统一观摩", _tours))


@work.register
def visit(actor: Actor, home: work.Worklist) -> None:
    """Visits that the actor is to make himself. One query for who may; none for others."""
    if Permission.DISPATCH_EDIT not in actor.permissions:
        return
    today = clock.today()
    rows = FieldVisit.objects.open().of_visitor(actor).select_related("organization")
    for one in rows.order_by("visit_on", "pk")[:10]:
        days = (one.visit_on - today).days if one.visit_on else None
        is_under_way = one.state == VisitState.UNDER_WAY
        home.items.append(
            work.WorkItem(
                title=str(one),
                text="正在调研，记录还没结束" if is_under_way else "看什么、核实什么，都在调研卡上",
                url=one.get_absolute_url(),
                button="继续记录" if is_under_way else "看调研卡",
                due_on=one.visit_on,
                days_left=days,
                lead="" if one.visit_on else "待定",
                tone="warn" if is_under_way else "",
                minutes=60,
                order=(4, days if days is not None else 99),
            )
        )


@searching.register
def find_visits(actor: Actor, query: str) -> searching.Hits | None:
    """Visits by the name of the place. One query."""
    if not actor.may(Permission.DISPATCH_VIEW):
        return None
    rows = FieldVisit.objects.visible_to(actor).filter(led_by("organization__", named_like(query)))
    found = rows.select_related("organization").order_by("-pk")[:5]
    return searching.Hits(
        "现场调研",
        [
            searching.Hit(
                str(one),
                f"{one.get_state_display()} {one.visit_on or ''}".strip(),
                one.get_absolute_url(),
            )
            for one in found
        ],
    )


@panels.register
def show_visits(actor: Actor, organization: Organization) -> list[panels.Panel]:
    """The last visits of the organisation. One query."""
    if not actor.may(Permission.DISPATCH_VIEW):
        return []
    rows = tuple(
        panels.PanelRow(
            f"{one.visit_on:%Y-%m-%d}" if one.visit_on else "日期待定",
            one.get_state_display(),
            one.get_absolute_url(),
        )
        for one in last_visits(actor, organization, 3)
    )
    return [panels.Panel("现场调研", rows, url=reverse("dispatch:visit-list"))] if rows else []

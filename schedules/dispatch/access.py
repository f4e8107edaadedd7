"""Meetings and cards, fetched and authorised at once."""

import uuid
from dataclasses import dataclass

from django.http import Http404

from core.actor import Actor
from core.models import Attachment
from orgs.models import Organization
from orgs.permissions import Permission as P

from .models import (
    AgendaCard,
    Attendance,
    DispatchMeeting,
    FieldVisit,
    MeetingSeries,
    Outcome,
    TourNote,
    TourStop,
    VisitAttachment,
    VisitDraw,
    VisitFinding,
)


def get_meeting(actor: Actor, pk: int) -> DispatchMeeting:
    """The meeting, if the actor's organisations hold it or are called to it. Raises Http404."""
    found = (
        DispatchMeeting.objects.visible_to(actor)
        .select_related("organization", "series__organization")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_held_meeting(actor: Actor, pk: int) -> DispatchMeeting:
    """A meeting that the actor keeps. Raises Http404, also for who is only called to it."""
    meeting = get_meeting(actor, pk)
    if not keeps(actor, meeting.organization):
        raise Http404
    return meeting


def get_card(actor: Actor, pk: int) -> AgendaCard:
    """A card of a meeting that the actor sees, or of a backlog that he may see. Raises Http404."""
    found = (
        AgendaCard.objects.visible_to(actor)
        .select_related("series__organization", "meeting__organization", "organization")
        .filter(pk=pk, is_removed=False)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_card_of(actor: Actor, meeting_pk: int, pk: int) -> AgendaCard:
    """A card of that meeting, which the actor keeps. Raises Http404."""
    meeting = get_held_meeting(actor, meeting_pk)
    card = get_card(actor, pk)
    if card.meeting_id != meeting.pk:
        raise Http404
    return card


def get_topic(actor: Actor, pk: int) -> AgendaCard:
    """A topic of a backlog that the actor may change: as its holder, or as who proposed it. Raises
    Http404."""
    card = get_card(actor, pk)
    if card.meeting_id is not None:
        raise Http404
    own = card.proposer_id is not None and card.proposer_id == actor.organization_id
    if not keeps(actor, card.series.organization) and not (own and actor.may(P.DISPATCH_PROPOSE)):
        raise Http404
    return card


def get_series(actor: Actor, pk: int) -> MeetingSeries:
    """A series whose meetings the actor keeps. Raises Http404."""
    rows = MeetingSeries.objects.visible_to(actor).select_related("organization")
    found = rows.filter(pk=pk).first()
    if found is None or not keeps(actor, found.organization):
        raise Http404
    return found


def get_holder(actor: Actor) -> Organization:
    """The organisation for which the actor keeps meetings. Raises Http404."""
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if place is None or not keeps(actor, place):
        raise Http404
    return place


def get_own_attendance(actor: Actor, meeting_pk: int, pk: int) -> Attendance:
    """Who is called of the actor's own organisation. Raises Http404."""
    meeting = get_meeting(actor, meeting_pk)
    found = (
        meeting.attendances.select_related("organization", "meeting__organization")
        .filter(pk=pk)
        .first()
    )
    if found is None or not actor.may_at(P.DISPATCH_PROPOSE, found.organization.path):
        raise Http404
    return found


def keeps(actor: Actor, organization: Organization) -> bool:
    """Whether the actor keeps the meetings of the organisation. No query."""
    return actor.may_at(P.DISPATCH_EDIT, organization.path)


def may_record(actor: Actor, meeting: DispatchMeeting) -> bool:
    """Whether the actor keeps the minutes of the meeting, whatever state it is in. No query."""
    return actor.may_at(P.DISPATCH_EDIT, meeting.organization.path)


def get_agenda_card(actor: Actor, pk: int) -> tuple[AgendaCard, DispatchMeeting]:
    """A card that stands on the agenda of a meeting that the actor sees, and the meeting. Raises
    Http404."""
    card = get_card(actor, pk)
    if card.meeting is None:
        raise Http404
    return card, card.meeting


def get_outcome(actor: Actor, card_pk: int, pk: int) -> Outcome:
    """An outcome of a card on an agenda that the actor sees. Raises Http404."""
    card, _ = get_agenda_card(actor, card_pk)
    found = (
        Outcome.objects.filter(pk=pk, card=card, is_removed=False).select_related("item").first()
    )
    if found is None:
        raise Http404
    found.card = card
    return found


# --- visits ----------------------------------------------------------------------------------


def get_draw(actor: Actor, pk: int, *, to_hold: bool = False) -> VisitDraw:
    """A draw that the actor may read; with `to_hold` one that he holds. Raises Http404."""
    rows = VisitDraw.objects.visible_to(actor, P.DISPATCH_EDIT if to_hold else P.DISPATCH_VIEW)
    found = rows.select_related("organization").filter(pk=pk).first()
    if found is None or (to_hold and not actor.may_at(P.DISPATCH_EDIT, found.organization.path)):
        raise Http404
    return found


@dataclass(frozen=True, slots=True)
class VisitRights:
    """What an actor may do to a visit, whatever its state."""

    holds: bool  # 安排, 取消
    writes: bool  # 记录, 照片, 发现, 结束
    reads_notes: bool  # what the visited never read


def get_visit(actor: Actor, pk: int) -> FieldVisit:
    """A visit that the actor may read. Raises Http404."""
    found = (
        FieldVisit.objects.visible_to(actor)
        .select_related("holder", "organization", "draw")
        .prefetch_related("visitors")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def visit_rights(actor: Actor, visit: FieldVisit) -> VisitRights:
    """No query for a visit from `get_visit`."""
    holds = actor.may_at(P.DISPATCH_EDIT, visit.holder.path)
    visits = any(one.user_id in actor.persons for one in visit.visitors.all())
    reads = visits or actor.may_at(P.DISPATCH_VIEW, visit.holder.path)
    return VisitRights(holds=holds, writes=holds or visits, reads_notes=reads)


def get_visit_to_write(actor: Actor, pk: int) -> FieldVisit:
    """A visit that the actor makes or holds. Raises Http404."""
    visit = get_visit(actor, pk)
    if not visit_rights(actor, visit).writes:
        raise Http404
    return visit


def get_visit_to_hold(actor: Actor, pk: int) -> FieldVisit:
    """A visit of the actor's organisation. Raises Http404."""
    visit = get_visit(actor, pk)
    if not visit_rights(actor, visit).holds:
        raise Http404
    return visit


def get_finding(actor: Actor, pk: int) -> VisitFinding:
    """A finding of a visit that the actor holds, to make an item of. Raises Http404."""
    found = VisitFinding.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    found.visit = get_visit_to_hold(actor, found.visit_id)
    return found


def get_visit_file(actor: Actor, uid: uuid.UUID, *, to_write: bool = False) -> VisitAttachment:
    """A file of a visit that the actor may read (with `to_write`: makes or holds). Raises
    Http404."""
    rows = VisitAttachment.objects.filter(uid=uid, state=Attachment.State.READY)
    found = rows.first()
    if found is None:
        raise Http404
    get = get_visit_to_write if to_write else get_visit
    found.visit = get(actor, found.visit_id)
    return found


# --- tours -----------------------------------------------------------------------------------


def get_tour(actor: Actor, pk: int, *, to_hold: bool = False) -> DispatchMeeting:
    """An observation tour that the actor sees; with `to_hold` one that he arranges. Raises
    Http404."""
    meeting = get_meeting(actor, pk)
    if not meeting.is_tour:
        raise Http404
    if to_hold and not actor.may_at(P.DISPATCH_EDIT, meeting.organization.path):
        raise Http404
    return meeting


def get_stop(actor: Actor, pk: int, *, to_hold: bool = False) -> TourStop:
    """A stop of a tour, as `get_tour`. Raises Http404."""
    found = TourStop.objects.select_related("organization").filter(pk=pk).first()
    if found is None:
        raise Http404
    found.meeting = get_tour(actor, found.meeting_id, to_hold=to_hold)
    return found


def get_note(actor: Actor, pk: int) -> TourNote:
    """A note of a tour that the actor holds, to make an item of. Raises Http404."""
    found = TourNote.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    found.stop = get_stop(actor, found.stop_id, to_hold=True)
    return found

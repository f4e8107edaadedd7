"""统一观摩: its stops, and what participants note at them."""

import datetime as dt
from uuid import UUID

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.models import Organization
from schedules.action_items.actions import issuing
from schedules.action_items.models import ActionItem

from ..enums import MeetingState
from ..models import DispatchMeeting, TourNote, TourStop
from . import rights, telling

SOURCE = "tour"
"""The key of tours in the register of sources of action items; the id is the note's."""
MOST_STOPS = 12
MOST_NOTES = 20  # of one person at one stop


@action
def add_stop(
    *,
    meeting: DispatchMeeting,
    organization: Organization,
    arrives_at: dt.time,
    minutes: int,
    shows: str,
    by: Actor,
    host_name: str = "",
) -> TourStop:
    """One more stop; the route goes by the times of arrival. Raises NotAllowed, MovedOn once it has
    begun, or DomainError."""
    _to_arrange(meeting, by)
    if not organization.path.startswith(meeting.organization.path):
        raise DomainError("观摩点要在本党委以下。", field="organization")
    if meeting.stops.filter(organization=organization).exists():
        raise DomainError(f"{organization}已经在路线上。", field="organization")
    if meeting.stops.count() >= MOST_STOPS:
        raise DomainError(f"一次观摩最多 {MOST_STOPS} 个点。")
    if meeting.stops.filter(arrives_at=arrives_at).exists():
        raise DomainError("已有一个点在这个时间到达，请错开。", field="arrives_at")
    if not 1 <= minutes <= 240:
        raise DomainError("停留请填 1 到 240 分钟。", field="minutes")
    shows = clean(shows)
    if len(shows) < 2:
        raise DomainError("请写看什么。", field="shows")
    stop = TourStop.objects.create(
        meeting=meeting,
        organization=organization,
        arrives_at=arrives_at,
        minutes=minutes,
        host_name=clean(host_name)[:50],
        shows=shows[:300],
    )
    telling.note(stop, "dispatch.tour.add_stop", meeting=meeting, by=by)
    return stop


@action
def remove_stop(*, stop: TourStop, by: Actor) -> None:
    """Takes a stop off the route; one that somebody noted something at stays. Raises NotAllowed,
    MovedOn or Conflict."""
    _to_arrange(stop.meeting, by)
    if not TourStop.objects.filter(pk=stop.pk).exists():
        raise Conflict("这个点已经移去。")
    if stop.notes.exists():
        raise Conflict("这个点已有随记，不能移去。")
    telling.note(stop, "dispatch.tour.remove_stop", meeting=stop.meeting, by=by)
    stop.delete()


@action
def note(*, stop: TourStop, uid: UUID, text: str, by: Actor) -> TourNote:
    """What a participant notes at a stop, once for each `uid`. Raises NotAllowed for who is not
    called, Conflict before the call and after the tour, or DomainError."""
    meeting = stop.meeting
    if by.user_id is None or not DispatchMeeting.objects.visible_to(by).filter(pk=meeting.pk):
        raise NotAllowed("随记由参加观摩的人写。")
    # Sent twice at once, the second waits and finds the first.
    list(TourStop.objects.select_for_update(of=("self",)).filter(pk=stop.pk))
    same = TourNote.objects.filter(uid=uid).first()
    if same is not None:
        if same.written_by_id != by.user_id or same.stop_id != stop.pk:
            raise DomainError("这条随记属于别处。请刷新页面后再写。", field="text")
        return same
    if meeting.state not in (MeetingState.CALLED, MeetingState.OPEN):
        raise Conflict(f"这次观摩现在是“{meeting.get_state_display()}”，不能写随记。")
    text = clean(text)
    if len(text) < 2:
        raise DomainError("请写看到了什么。", field="text")
    if stop.notes.filter(written_by_id=by.user_id).count() >= MOST_NOTES:
        raise DomainError(f"一个点最多写 {MOST_NOTES} 条随记。", field="text")
    row = TourNote.objects.create(
        uid=uid,
        stop=stop,
        text=text[:300],
        written_by_id=by.user_id,
        written_by_name=by.name[:100],
        written_at=clock.now(),
    )
    telling.note(row, "dispatch.tour.note", meeting=meeting, by=by)
    return row


@action
def hand(
    *, note: TourNote, owner: Organization, given: issuing.Given, is_issued: bool, by: Actor
) -> ActionItem:
    """Makes an item of a note, once, given out at once with `is_issued`. Who noted it is not told.
    Raises NotAllowed, Conflict or DomainError."""
    meeting = note.stop.meeting
    rights.expect_holder(meeting.organization, by, "随记由召集单位转为督办。")
    # Two who hand it at once: the second waits, and finds that it was done.
    list(TourNote.objects.select_for_update(of=("self",)).filter(pk=note.pk))
    origin = issuing.Origin(SOURCE, note.pk, f"{meeting}：{note.stop.organization}")
    item = issuing.draft(
        issuer=meeting.organization, owners=[owner], given=given, by=by, origin=origin
    )
    if not TourNote.objects.filter(pk=note.pk, item=None).update(item=item):
        raise Conflict("这条随记已经转为督办，不用再转。", code="state")
    if is_issued:
        issuing.issue(item=item, by=by)
    changes = {"number": [None, item.number]}
    telling.note(note, "dispatch.tour.hand", meeting=meeting, by=by, changes=changes)
    return item


def _to_arrange(meeting: DispatchMeeting, by: Actor) -> None:
    """Moves the meeting's row, which is the lock. Raises NotAllowed, MovedOn or DomainError."""
    rights.expect_holder(meeting.organization, by, "路线由召集单位安排。")
    if not meeting.is_tour:
        raise DomainError("这次会议不是统一观摩，没有路线。")
    DispatchMeeting.machine.move(meeting, "arrange")

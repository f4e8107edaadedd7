"""Meetings in somebody's calendar."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from core.calendars import CalendarEvent
from orgs.models import RoleGrant
from orgs.permissions import Permission
from orgs.roles import holding

from ..enums import MeetingState
from ..models import Attendance, DispatchMeeting


def events_of(user_id: int, since: dt.datetime) -> Iterable[CalendarEvent]:
    """Meetings to which the user is called by his post, and those that his organisation holds, once
    they are called; what was called off afterwards as cancelled. One query."""
    held = RoleGrant.objects.current().filter(
        user_id=user_id, role__in=holding(Permission.DISPATCH_EDIT)
    )
    called = Attendance.objects.filter(user_id=user_id)
    meetings = (
        DispatchMeeting.objects.filter(
            Q(pk__in=called.values("meeting_id"))
            | Q(organization__in=held.values("organization_id"))
        )
        .filter(starts_at__gte=since)
        .exclude(called_at=None)
        .order_by("starts_at", "pk")
    )
    for meeting in meetings:
        yield CalendarEvent(
            uid=f"meeting-{meeting.uid}@party-portal",
            title=meeting.title,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            sequence=meeting.sequence,
            changed_at=meeting.changed_at,
            path=meeting.get_absolute_url(),
            place=meeting.place,
            is_cancelled=meeting.state == MeetingState.CANCELLED,
        )

"""What every act on a meeting, a visit or a draw leaves behind: its entry in the audit trail, and messages."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from core import audit, notifications
from core.actor import Actor
from orgs.models import Organization

from ..models import DispatchMeeting


def note(
    row: models.Model,
    verb: str,
    *,
    meeting: DispatchMeeting | None = None,
    holder: Organization | None = None,
    by: Actor,
    changes: Mapping[str, Any] | None = None,
    text: str = "",
) -> None:
    """One audit entry, at the place of who holds the meeting, the visit or the draw (`holder`); at
    the actor's where neither is given."""
    place = meeting.organization if meeting is not None else holder
    audit.record(
        by=by,
        verb=verb,
        obj=row,
        organization_id=place.pk if place else None,
        organization_path=place.path if place else "",
        changes=changes or {},
        note=text,
    )


def tell_called(meeting: DispatchMeeting, what: str, *, title: str, body: str) -> int:
    """Tells everybody who is called and has an account. `what` makes the message unique."""
    users = {one.user_id for one in meeting.attendances.all() if one.user_id is not None}
    return notifications.tell(
        notifications.Message(
            user_id=user_id,
            key=f"meeting:{meeting.pk}:{what}:{user_id}",
            title=title,
            body=body,
            url=meeting.get_absolute_url(),
            about=f"meeting:{meeting.pk}",
        )
        for user_id in sorted(users)
    )

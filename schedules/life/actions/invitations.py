"""Other organisations are said to have taken part, and call their own rolls."""

from collections.abc import Sequence

from core import clock, notifications
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from orgs.access import who_may
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import Invitation, Meeting, MeetingUnit
from ..queries.writers import may_change
from . import telling

MOST = 20


def invite(
    meeting: Meeting,
    units: Sequence[Organization],
    invited: Sequence[Organization],
    *,
    by: Actor,
) -> None:
    """Asks the organisations for their parts, once each; those who are there already are not
    asked. Within the act that writes the record. Two queries for each that is asked."""
    known = set(meeting.units.values_list("organization_id", flat=True))
    known |= set(
        Invitation.objects.filter(record_uid=meeting.uid).values_list("organization_id", flat=True)
    )
    fresh = [one for one in invited if one.pk not in known]
    if not fresh:
        return
    if len(known) + len(fresh) > MOST:
        raise DomainError(f"联合开展的单位最多 {MOST} 个。", field="units")
    now = clock.now()
    Invitation.objects.bulk_create(
        Invitation(
            record_uid=meeting.uid,
            organization=one,
            invited_at=now,
            invited_by_name=by.name[:100],
        )
        for one in fresh
    )
    notifications.tell(
        notifications.Message(
            user_id=user_id,
            key=f"life-part:{meeting.uid}:{place.pk}:{user_id}",
            title=f"请点名：{meeting.held_on.month}月{meeting.held_on.day}日{meeting.topic}",
            body=f"{meeting.organization}登记为和{place}一起开展，请点一下你们单位谁到了。",
            url=meeting.get_absolute_url(),
        )
        for place in fresh
        for user_id in who_may(Permission.LIFE_RECORD, place, nearest=True).values_list(
            "pk", flat=True
        )
    )


@action
def release(*, meeting: Meeting, unit: Organization, by: Actor) -> None:
    """It took no part after all: said by itself, or by who keeps the record. Idempotent. Raises
    NotAllowed, or DomainError when it has called its roll already."""
    if not (may_change(by, meeting) or by.may_at(Permission.LIFE_RECORD, unit.path)):
        raise NotAllowed("由召开单位或这个单位自己办理。", code="holder")
    open_one = Invitation.objects.filter(
        record_uid=meeting.uid, organization=unit, answered_at=None
    )
    gone, _ = open_one.delete()
    if gone:
        telling.note(meeting, "life.part.release", by=by, changes={"unit": [str(unit), None]})
    elif MeetingUnit.objects.filter(
        meeting__uid=meeting.uid, meeting__superseded_at=None, organization=unit
    ).exists():
        raise DomainError(f"{unit}已经点过名，算参加了。", code="state")

"""An organisation calls its own roll in a record that another one holds."""

from collections.abc import Collection, Mapping

from django.db.models import Q

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.states import MovedOn, tell
from orgs.models import Organization

from ..enums import HELD, LifeStepKind, MeetingKind, Presence
from ..models import Attendance, Invitation, LifeStep, Meeting
from ..queries.rolls import roll_of
from . import rights, telling
from .meetings import nobody, settle
from .rows import Kept, Mark, attendances, copies_of, kept_of, mark_of, write

WRITES = "各单位的名由自己点。"
STALE = "你们单位的另一人刚刚点过名。请核对下面的最新情况后再保存，你点的都在。"


@action
def mark(
    *, meeting: Meeting, version: int, unit: Organization, marks: Mapping[int, Mark], by: Actor
) -> Meeting:
    """Writes the part of `unit`, as the next version of the record; all else stays as it is.

    `version` is the one that the page showed: what others have written since is in nobody's way,
    but for the same part. Sent again it is the same. Raises NotAllowed, MovedOn when somebody else
    has written the part, Conflict for a record that was taken back, or DomainError as `record`.
    """
    rights.expect_writer(unit, by, WRITES)
    # Two organisations that call their rolls at once do so one after the other: the first version
    # is never superseded by another of its number.
    list(Meeting.objects.select_for_update(no_key=True).filter(uid=meeting.uid, version=1))
    latest = Meeting.objects.current().select_related("organization").get(uid=meeting.uid)
    if latest.state not in HELD:
        raise Conflict("这份记录已经撤回，不用再点名。")
    if unit.pk == latest.organization_id:
        raise DomainError("召开单位的名在记录里改。", code="host")
    invitation = Invitation.objects.filter(record_uid=latest.uid, organization=unit).first()
    places = set(latest.units.values_list("organization_id", flat=True))
    if unit.pk not in places and (invitation is None or invitation.answered_at):
        raise NotAllowed("这次会没有登记你们单位参加。请联系召开单位。", code="holder")
    roll = roll_of(unit, MeetingKind(latest.kind), latest.held_on)
    words = nobody(unit, MeetingKind(latest.kind), roll)
    if words:
        raise DomainError(words, code="nobody")
    guests = latest.attendances.filter(presence=Presence.GUEST).values_list("member_id", flat=True)
    kept = kept_of(latest, places - {unit.pk}, set(guests))
    rows = attendances({unit.pk: roll}, marks, kept.counted)
    if version != latest.version:
        now_there = _part(latest.attendances.all(), unit)
        if unit.pk in places and now_there == _part(rows, unit):
            return latest  # sent again
        shown = Meeting.objects.filter(uid=latest.uid, version=version).first()
        before = _part(shown.attendances.all(), unit) if shown else None
        if before != now_there:
            raise MovedOn(STALE, latest, code="stale")
    if invitation is not None and invitation.answered_at is None:
        Invitation.machine.move(invitation, "answer", answered_at=clock.now())
    return _next(latest, unit, rows, kept, by=by)


def _next(
    latest: Meeting, unit: Organization, rows: list[Attendance], kept: Kept, *, by: Actor
) -> Meeting:
    """The same record with the part of `unit`: whose it is, and what was said of it, stay."""
    votes = copies_of(list(latest.votes.all()))
    now = clock.now()
    Meeting.versions.move(latest, "supersede", where=Q(state__in=HELD), superseded_at=now)
    fields = Meeting._meta.concrete_fields
    values = {one.attname: getattr(latest, one.attname) for one in fields if not one.primary_key}
    changes = {"version": latest.version + 1, "written_at": now, "superseded_at": None}
    newer = Meeting.objects.create(**{**values, **changes})
    newer.organization = latest.organization
    write(newer, [unit], rows, kept, votes)
    step = LifeStep(meeting=newer, kind=LifeStepKind.JOINED, text=str(unit))
    tell(step, by=by)
    settle(latest, newer, by=by)
    telling.note(newer, "life.part.mark", by=by, changes={"unit": [None, str(unit)]})
    return newer


def _part(rows: Collection[Attendance], unit: Organization) -> frozenset[tuple[int, Mark]]:
    """Who of the organisation is marked how."""
    return frozenset(
        (row.member_id, mark_of(row))
        for row in rows
        if row.organization_id == unit.pk and row.presence != Presence.GUEST
    )

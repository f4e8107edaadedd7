"""Records of organisation life, fetched and authorised at once."""

from collections.abc import Collection
from uuid import UUID

from django.http import Http404

from core.actor import Actor
from core.models import Attachment
from orgs.models import Organization
from orgs.permissions import Permission as P
from schedules.rounds.models import Duty

from .enums import MeetingKind
from .models import Exemption, Invitation, LifeFile, Meeting
from .queries.writers import may_change
from .rules import kind_of


def get_record(actor: Actor, uid: UUID) -> Meeting:
    """The record as it reads today, if one of the actor's organisations took part. Raises Http404."""
    found = (
        Meeting.objects.visible_to(actor)
        .current()
        .select_related("organization")
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_own_record(actor: Actor, uid: UUID) -> Meeting:
    """One that the actor may write anew. Raises Http404."""
    record = get_record(actor, uid)
    if not may_change(actor, record):
        raise Http404
    return record


def get_record_to_check(actor: Actor, uid: UUID) -> Meeting:
    """One of an organisation below the actor's. Raises Http404."""
    record = get_record(actor, uid)
    if not checks(actor, record):
        raise Http404
    return record


def get_part(actor: Actor, uid: UUID, pk: int) -> tuple[Meeting, Organization]:
    """A record that another organisation holds, and one for which the actor calls the roll there:
    it took part, or is said to have. Raises Http404."""
    record = get_record(actor, uid)
    unit = Organization.objects.visible_to(actor, P.LIFE_RECORD).filter(pk=pk).first()
    if unit is None or unit.pk == record.organization_id:
        raise Http404
    there = record.units.filter(organization=unit).exists()
    asked = Invitation.objects.open().filter(record_uid=record.uid, organization=unit)
    if not (there or asked.exists()):
        raise Http404
    return record, unit


def get_released(actor: Actor, uid: UUID, pk: int) -> tuple[Meeting, Organization]:
    """A record, and an organisation that is said to have taken part, for who keeps the record or
    calls that one's roll. Raises Http404."""
    record = get_record(actor, uid)
    invitation = (
        Invitation.objects.filter(record_uid=record.uid, organization=pk)
        .select_related("organization")
        .first()
    )
    unit = invitation.organization if invitation else None
    if unit is None or not (may_change(actor, record) or actor.may_at(P.LIFE_RECORD, unit.path)):
        raise Http404
    return record, unit


def split_scope(
    actor: Actor, ids: Collection[int]
) -> tuple[list[Organization], list[Organization]]:
    """The branches of the ids: those whose roll the actor may call by name, and the others. One
    query, none without ids."""
    rows = (
        Organization.objects.active().branches().filter(pk__in=ids).order_by("path") if ids else []
    )
    ours: list[Organization] = []
    others: list[Organization] = []
    for one in rows:
        (ours if actor.may_at(P.LIFE_RECORD, one.path) else others).append(one)
    return ours, others


def get_file(actor: Actor, uid: UUID) -> LifeFile:
    """A file of a record that the actor may read. Raises Http404."""
    found = _ready_file(uid)
    get_record(actor, found.record_uid)
    return found


def get_file_to_remove(actor: Actor, uid: UUID) -> tuple[LifeFile, Meeting]:
    """A file of a record that the actor may write, and the record. Raises Http404."""
    found = _ready_file(uid)
    return found, get_own_record(actor, found.record_uid)


def _ready_file(uid: UUID) -> LifeFile:
    found = LifeFile.objects.filter(uid=uid, state=Attachment.State.READY).first()
    if found is None:
        raise Http404
    return found


def checks(actor: Actor, record: Meeting) -> bool:
    """Whether the actor looks at it from above: his own organisation's he does not."""
    own = actor.owns(record.organization.path)
    return not own and actor.may_at(P.LIFE_CHECK, record.organization.path)


def get_exemption(actor: Actor, pk: int) -> Exemption:
    """One of a member for whose branch the actor records. Raises Http404."""
    found = (
        Exemption.objects.visible_to(actor, P.LIFE_RECORD)
        .select_related("member__organization")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_duty(actor: Actor, pk: int) -> tuple[Duty, MeetingKind]:
    """A duty of the actor's scope that records of organisation life fulfil. Raises Http404."""
    rows = Duty.objects.visible_to(actor, P.LIFE_VIEW).select_related("plan", "organization")
    found = rows.filter(pk=pk).first()
    kind = kind_of(found.plan.fulfilment) if found else None
    if found is None or kind is None:
        raise Http404
    return found, kind


def get_shown(actor: Actor, pk: int | None) -> Organization | None:
    """The organisation to which a list is narrowed down; none without an id. Raises Http404."""
    if pk is None:
        return None
    found = Organization.objects.visible_to(actor, P.LIFE_VIEW).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_place(actor: Actor, pk: int | None) -> Organization:
    """The organisation for which something is to be recorded: that of the given id, else the
    actor's own. Raises Http404."""
    wanted = pk if pk is not None else actor.organization_id or 0
    found = (
        Organization.objects.active()
        .visible_to(actor, P.LIFE_RECORD)
        .filter(pk=wanted)
        .select_related("parent")
        .first()
    )
    if found is None:
        raise Http404
    return found

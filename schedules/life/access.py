"""Records of organisation life, fetched and authorised at once."""

from uuid import UUID

from django.http import Http404

from core.actor import Actor
from core.models import Attachment
from orgs.models import Organization
from orgs.permissions import Permission as P
from schedules.rounds.models import Duty

from .actions import rights
from .enums import MeetingKind
from .models import Exemption, LifeFile, Meeting
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
    if not rights.may_change(actor, record):
        raise Http404
    return record


def get_record_to_check(actor: Actor, uid: UUID) -> Meeting:
    """One of an organisation below the actor's. Raises Http404."""
    record = get_record(actor, uid)
    if not checks(actor, record):
        raise Http404
    return record


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

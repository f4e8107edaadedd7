"""Records of organisation life, fetched and authorised at once."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.http import Http404

from core import periods
from core.actor import Actor
from core.figures import Window
from core.models import Attachment
from members.models import Member
from orgs.access import get_moment, get_organization
from orgs.models import Organization
from orgs.permissions import Permission as P
from schedules.rounds.models import Duty

from .enums import MeetingKind
from .models import Exemption, Invitation, LifeFile, Meeting, Problem, StudyRecord, Talk
from .queries.talk_readers import may_read
from .queries.talks import own_member
from .queries.writers import may_change
from .rules import LISTED_KINDS, TALK, is_made_up, kind_of


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


def get_ledger_place(actor: Actor, pk: int | None) -> Organization:
    """The organisation whose ledgers are opened: that of the given id, else the actor's own. Raises
    Http404."""
    return get_organization(
        actor, pk if pk is not None else actor.organization_id or 0, P.LIFE_VIEW
    )


def get_branch(actor: Actor, pk: int) -> Organization:
    """A branch, which has a binder. Raises Http404."""
    found = get_organization(actor, pk, P.LIFE_VIEW)
    if not found.is_branch:
        raise Http404
    return found


def get_listed_record(actor: Actor, uid: UUID) -> Meeting:
    """A record of 组织生活会 or 民主评议党员 that the actor may read. Raises Http404."""
    record = get_record(actor, uid)
    if record.kind not in LISTED_KINDS:
        raise Http404
    return record


def get_own_listed_record(actor: Actor, uid: UUID) -> Meeting:
    """One that the actor's organisation holds and he may write. Raises Http404."""
    record = get_own_record(actor, uid)
    if record.kind not in LISTED_KINDS:
        raise Http404
    return record


def get_appraisal_record(actor: Actor, uid: UUID, *, own: bool = False) -> Meeting:
    """A record of 民主评议党员 that the actor may read; `own`: and write. Raises Http404."""
    record = get_own_record(actor, uid) if own else get_record(actor, uid)
    if record.kind != MeetingKind.APPRAISAL:
        raise Http404
    return record


def get_problem(actor: Actor, record: Meeting, uid: UUID) -> Problem:
    """A line of the lists of the record's organisation that the actor may read, as it reads today.
    Raises Http404."""
    found = (
        Problem.objects.current()
        .visible_to(actor)
        .filter(uid=uid, organization=record.organization_id)
        .select_related("list")
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_planning(actor: Actor, pk: int, permission: P = P.LIFE_VIEW) -> Organization:
    """An organisation whose year's plan the actor may read, or write with LIFE_RECORD. Raises
    Http404."""
    found = Organization.objects.active().visible_to(actor, permission).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def reads_grades(actor: Actor, organization: Organization) -> bool:
    """Whether the actor reads what single members got: who also sees the members themselves."""
    return actor.may_at(P.LIFE_VIEW, organization.path) and actor.may_at(
        P.MEMBER_VIEW, organization.path
    )


# --- 谈心谈话 ---------------------------------------------------------------------------------


def get_talk(actor: Actor, uid: UUID) -> Talk:
    """A talk that the actor may know of; what was said is asked for apart (`may_read`). Raises
    Http404."""
    rows = Talk.objects.visible_to(actor).select_related("organization", "talker", "partner")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_own_talk(actor: Actor, uid: UUID) -> Talk:
    """One that the actor's organisation wrote down and he may take back. Raises Http404."""
    talk = get_talk(actor, uid)
    if not actor.may_at(P.LIFE_RECORD, talk.organization.path):
        raise Http404
    return talk


def get_readable_talk(actor: Actor, uid: UUID) -> Talk:
    """One whose contents the actor reads: one of the two, or the secretary. Raises Http404."""
    talk = get_talk(actor, uid)
    if not may_read(actor, talk, own_member(actor)):
        raise Http404
    return talk


def get_talk_duty(actor: Actor, pk: int) -> Duty:
    """A duty of the actor's scope that talks fulfil. Raises Http404."""
    rows = Duty.objects.visible_to(actor, P.LIFE_VIEW).filter(plan__fulfilment=TALK)
    found = rows.select_related("plan", "organization").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


# --- study ---------------------------------------------------------------------------------------


def get_missed(actor: Actor, uid: UUID, place: int | None) -> tuple[Meeting, Organization]:
    """A record that is made up, and for which of the organisations that took part the actor writes
    who has caught up: that of the given id, his own, else the first. Raises Http404."""
    record = get_record(actor, uid)
    units = [
        unit.organization
        for unit in record.units.select_related("organization")
        if actor.may_at(P.LIFE_RECORD, unit.organization.path)
    ]
    if place is not None:
        units = [one for one in units if one.pk == place]
    units.sort(key=lambda one: one.pk != actor.organization_id)
    if not units or not is_made_up(MeetingKind(record.kind)):
        raise Http404
    return record, units[0]


def get_study(actor: Actor, batch: UUID) -> list[StudyRecord]:
    """The rows of one entry that the actor sees. Raises Http404."""
    rows = list(
        StudyRecord.objects.visible_to(actor)
        .filter(batch=batch)
        .select_related("member", "organization")
        .order_by("member__name_pinyin", "member_id", "started_on")
    )
    if not rows:
        raise Http404
    return rows


def get_own_study(actor: Actor, batch: UUID, member: int | None = None) -> list[StudyRecord]:
    """Those that the actor may take back: all of the entry, or one member's. Raises Http404."""
    rows = [row for row in get_study(actor, batch) if member in (None, row.member_id)]
    if not rows or not actor.may_at(P.LIFE_RECORD, rows[0].organization.path):
        raise Http404
    return rows


def get_studying(actor: Actor, pk: int) -> Member:
    """A member whose study the actor sees: the secretary of his branch and those above. Raises
    Http404."""
    rows = Member.objects.visible_to(actor, P.LIFE_VIEW).select_related("organization")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_window(asked: Mapping[str, str]) -> Window | None:
    """What a figure counted, by its address; None where that names no period. Raises Http404."""
    period = asked.get("period", "")
    if not periods.is_period(period):
        return None
    return Window(period, *get_moment(asked))


def get_study_record(actor: Actor, uid: UUID, permission: str = P.LIFE_VIEW) -> StudyRecord:
    """One member's row, if the actor holds the permission for the organisation for which it
    counts. Raises Http404."""
    rows = StudyRecord.objects.visible_to(actor, permission)
    found = rows.select_related("member", "organization").filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


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

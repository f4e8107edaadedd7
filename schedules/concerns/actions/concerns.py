"""A concern is taken in, assigned, answered or shown elsewhere, called back, reopened."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.states import tell, tell_many
from core.text import clean
from orgs.enums import BRANCH_KINDS
from orgs.models import Organization
from orgs.permissions import Permission as P
from schedules.action_items.actions.handing import Handed, from_source
from schedules.action_items.actions.issuing import Origin
from schedules.action_items.models import ActionItem
from schedules.rounds.queries.calendar import load

from ..enums import CallBack, ConcernSource, ConcernState, ConcernStepKind, Urgency
from ..models import Concern, ConcernKind, ConcernStep
from ..queries.listing import committee_above
from ..rules import KEPT_DAYS, WAY, due_at
from . import rights, terms

CONCERN = "concern"  # as a source of items
_SOURCES = {
    "branch": ConcernSource.BRANCH,
    "grid": ConcernSource.GRID,
    "street": ConcernSource.STREET,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a concern when it is taken in. Texts as typed."""

    text: str
    source: str
    kind: ConcernKind | None = None
    urgency: str = Urgency.NORMAL
    place: str = ""
    person: str = ""
    phone: str = ""
    received_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    order_number: str = ""


@action
def take(
    *,
    uid: uuid.UUID,
    told: Told,
    intake: Organization,
    by: Actor,
    organization: Organization | None = None,
) -> Concern:
    """Takes in a concern for `intake`. A branch deals with it at once; elsewhere it waits to be
    assigned unless `organization` is said. Sent twice by its `uid`, it is the one that there is.

    Raises NotAllowed, DomainError, or Conflict for a uid of somebody else's.
    """
    if not by.may_at(P.CONCERN_TAKE, intake.path):
        raise NotAllowed("这个党组织的诉求不由你受理。")
    if organization is not None and not _may_have(organization, intake, by):
        raise DomainError("请选择本单位或下级的党组织。", field="organization")
    if told.source not in _SOURCES:
        raise DomainError("请选择诉求从哪里来。", field="source")
    known = Concern.objects.filter(uid=uid).first()
    if known is None:
        concern = _made(uid, told, intake, organization)
        concern.taken_by_id, concern.taken_by_name = by.user_id, by.name[:100]
        try:
            with transaction.atomic():
                concern.save(force_insert=True)
        except IntegrityError:
            known = Concern.objects.filter(uid=uid).first()
    if known is not None:
        if known.taken_by_id != by.user_id or known.intake_id != intake.pk:
            raise Conflict("这件诉求已由别人受理。请重新打开页面再登记。")
        return known
    terms.begin(concern)
    tell(_step(concern, ConcernStepKind.TAKEN), by=by)
    rights.note(concern, "concerns.concern.take", by=by)
    return concern


@action
def take_orders(
    *, orders: Sequence[tuple[Told, Organization | None]], intake: Organization, by: Actor
) -> int:
    """Takes in work orders of the hotline; what names nobody who could deal with it waits to be
    assigned. The caller holds `intake`, so that two sheets do not bring the same. Returns how many.

    Raises NotAllowed or DomainError. One entry for the whole sheet is written by the import.
    """
    if not by.may_at(P.CONCERN_ASSIGN, intake.path):
        raise NotAllowed("12345工单由党工委和党委工作人员导入。")
    rows = []
    for told, organization in orders:
        concern = _made(uuid.uuid4(), told, intake, organization)
        concern.taken_by_id, concern.taken_by_name = by.user_id, by.name[:100]
        rows.append(concern)
    Concern.objects.bulk_create(rows, batch_size=200)
    terms.begin_all(rows)
    tell_many([_step(one, ConcernStepKind.TAKEN, "按12345工单导入") for one in rows], by=by)
    return len(rows)


@action
def assign(
    *, concern: Concern, organization: Organization, revision: int, by: Actor, note: str = ""
) -> Concern:
    """Gives it to who is to deal with it (分派), or from one to another (转办); the time limit stays.
    Raises NotAllowed, MovedOn, Stale or DomainError."""
    concern = rights.locked(concern.pk)
    rights.expect(by, P.CONCERN_ASSIGN, concern)
    if not by.may_at(P.CONCERN_ASSIGN, organization.path) or organization.abolished_on:
        raise DomainError("请选择本单位或下级的党组织。", field="organization")
    Concern.machine.expect(concern, "assign", revision)
    was_doing = concern.state == ConcernState.DOING
    if was_doing and organization.pk == concern.organization_id:
        raise DomainError("已经由这个单位办理。", field="organization")
    before = str(concern.organization)
    kind = ConcernStepKind.TRANSFERRED if was_doing else ConcernStepKind.ASSIGNED
    said = clean(note)[:200]
    text = f"由{organization}办理" + (f"：{said}" if said else "")
    Concern.machine.move(
        concern,
        "assign",
        revision=revision,
        step=_step(concern, kind, text),
        by=by,
        organization=organization,
    )
    terms.hand_over([concern], organization.pk)
    changes = {"organization": [before, str(organization)]}
    rights.note(concern, "concerns.concern.assign", by=by, changes=changes)
    return concern


@action
def pass_up(*, concern: Concern, reason: str, revision: int, by: Actor) -> Concern:
    """What cannot be solved here goes to the committee above (向上级报送), where it waits to be
    assigned; the time limit stays. Raises NotAllowed, MovedOn, Stale or DomainError."""
    concern = rights.locked(concern.pk)
    rights.expect(by, P.CONCERN_TAKE, concern)
    reason = clean(reason)[:200]
    if len(reason) < 4:
        raise DomainError("请写明为什么这里办不了（至少 4 个字）。", field="reason")
    above = committee_above(concern.organization)
    if above is None:
        raise DomainError("上面没有可以报送的党组织。")
    below = concern.organization
    Concern.machine.move(
        concern,
        "pass_up",
        revision=revision,
        step=_step(concern, ConcernStepKind.PASSED_UP, f"由{below}报{above}：{reason}"),
        by=by,
        organization=above,
    )
    terms.hand_over([concern], above.pk)
    changes = {"organization": [str(below), str(above)]}
    rights.note(concern, "concerns.concern.pass_up", by=by, changes=changes)
    return concern


@action
def answer(*, concern: Concern, text: str, revision: int, by: Actor, way: str = "") -> Concern:
    """What was done and what the resident was told; `way` is how in a few words, by which what was
    solved alike is found. Raises NotAllowed, MovedOn, Stale or DomainError."""
    concern = rights.locked(concern.pk)
    rights.expect(by, P.CONCERN_TAKE, concern)
    text = text.strip()
    if len(text) < 4:
        raise DomainError("请写怎么办的、怎么答复的（至少 4 个字）。", field="text")
    now = clock.now()
    Concern.machine.move(
        concern,
        "answer",
        revision=revision,
        step=_step(concern, ConcernStepKind.ANSWERED, text[:400]),
        by=by,
        answer=text[:1000],
        way=clean(way)[:WAY],
        answered_at=now,
        answered_by_id=by.user_id,
        answered_by_name=by.name[:100],
        was_late=concern.was_late or concern.due_at < now,
    )
    terms.end(concern)
    rights.note(concern, "concerns.concern.answer", by=by)
    return concern


@action
def refuse(*, concern: Concern, reason: str, redirect: str, revision: int, by: Actor) -> Concern:
    """It is not ours: with the reason, and where the resident gets it done. A good end. Raises
    NotAllowed, MovedOn, Stale or DomainError."""
    concern = rights.locked(concern.pk)
    rights.expect(by, P.CONCERN_TAKE, concern)
    reason, redirect = clean(reason)[:200], clean(redirect)[:100]
    if len(reason) < 4:
        raise DomainError("请写明为什么不属本级（至少 4 个字）。", field="reason")
    if len(redirect) < 2:
        raise DomainError("请写明该找哪里办。", field="redirect")
    Concern.machine.move(
        concern,
        "refuse",
        revision=revision,
        step=_step(concern, ConcernStepKind.REFUSED, f"{reason}；请找{redirect}"),
        by=by,
        reason=reason,
        redirect=redirect,
        ended_at=clock.now(),
        was_late=concern.was_late or concern.due_at < clock.now(),
    )
    terms.end(concern, is_elsewhere=True)
    rights.note(concern, "concerns.concern.refuse", by=by)
    return concern


@action
def call_back(*, concern: Concern, result: str, note: str, revision: int, by: Actor) -> Concern:
    """Somebody else than who answered has asked the resident. What is not solved is dealt with once
    more. Raises NotAllowed, MovedOn, Stale or DomainError."""
    concern = rights.locked(concern.pk)
    rights.expect(by, P.CONCERN_ASSIGN, concern)
    if concern.answered_by_id in by.persons:
        raise NotAllowed("回访须由答复人以外的人进行。", code="same_person")
    note = clean(note)[:300]
    if result not in CallBack.values:
        raise DomainError("请选择回访结果。", field="result")
    if result in (CallBack.EXPLAINED, CallBack.UNSOLVED) and len(note) < 2:
        raise DomainError("请写群众怎么说的。", field="note")
    if result == CallBack.NO_CONTACT and any(concern.contact()):
        raise DomainError("群众留了联系方式，请先联系。", field="result")
    said = CallBack(result).label + (f"：{note}" if note else "")
    step = _step(concern, ConcernStepKind.CALLED, said)
    changes: dict[str, Any] = {
        "call_back": result,
        "call_note": note,
        "called_by_name": by.name[:100],
        "called_at": clock.now(),
    }
    terms.call(concern, result)
    if result == CallBack.UNSOLVED:
        changes |= {"due_at": _due(concern), "reopened_count": concern.reopened_count + 1}
        Concern.machine.move(concern, "again", revision=revision, step=step, by=by, **changes)
        terms.begin(concern)
    else:
        changes["ended_at"] = clock.now()
        Concern.machine.move(concern, "close", revision=revision, step=step, by=by, **changes)
    rights.note(
        concern,
        "concerns.concern.call_back",
        by=by,
        changes={"call_back": [None, CallBack(result).label]},
    )
    return concern


@action
def reopen(*, concern: Concern, reason: str, revision: int, by: Actor) -> Concern:
    """It came up again: dealt with once more by who had it, with a new time limit. Raises NotAllowed,
    MovedOn, Stale or DomainError."""
    concern = rights.locked(concern.pk)
    rights.expect(by, P.CONCERN_ASSIGN, concern)
    reason = clean(reason)[:200]
    if len(reason) < 4:
        raise DomainError("请写明为什么重新办理（至少 4 个字）。", field="reason")
    Concern.machine.move(
        concern,
        "reopen",
        revision=revision,
        step=_step(concern, ConcernStepKind.REOPENED, reason),
        by=by,
        due_at=_due(concern),
        ended_at=None,
        reopened_count=concern.reopened_count + 1,
    )
    terms.begin(concern)
    rights.note(concern, "concerns.concern.reopen", by=by)
    return concern


@action
def hand(*, concern: Concern, handed: Handed, by: Actor) -> ActionItem:
    """What needs more than an answer becomes an item (转督办), whose source it is; the resident still
    gets his answer. Raises NotAllowed, MovedOn, DomainError, Conflict when there is such an item."""
    concern = rights.locked(concern.pk)
    rights.expect(by, P.CONCERN_ASSIGN, concern)
    Concern.machine.expect(concern, "hand")
    origin = Origin(CONCERN, concern.pk, f"群众诉求：{concern}")
    item = from_source(origin=origin, handed=handed, by=by)
    step = _step(concern, ConcernStepKind.HANDED, f"督办{item.number}")
    Concern.machine.move(concern, "hand", step=step, by=by)
    rights.note(concern, "concerns.concern.hand", by=by, changes={"number": [None, item.number]})
    return item


@action
def reveal(*, concern: Concern, by: Actor) -> tuple[str, str]:
    """Who asked and his phone, for who answers or calls back; the trail keeps who looked. Raises
    NotAllowed."""
    paths = (concern.organization.path, concern.intake.path)
    if not any(by.may_at(P.CONCERN_TAKE, path) for path in paths):
        raise NotAllowed("联系方式只给办理和回访的人看。")
    rights.note(concern, "concerns.concern.reveal", by=by)
    return concern.contact()


@action
def forget(*, by: Actor) -> int:
    """Deletes who asked, of concerns that ended long ago. Run again, nothing happens. Returns how
    many."""
    line = clock.now() - dt.timedelta(days=KEPT_DAYS)
    rows = Concern.objects.filter(ended_at__lt=line, is_forgotten=False)
    count = rows.update(person_sealed="", phone_sealed="", is_forgotten=True)
    if count:
        audit.record(
            by=by,
            verb="concerns.concern.forget",
            object_type=Concern._meta.label_lower,
            changes={"count": [None, count]},
        )
    return count


@action
def follow(*, source: Organization, target: Organization, by: Actor) -> int:
    """What `source` deals with, and what it took in, goes over to `target` with its time limits; what
    has ended too, for it can come up again. Returns how many."""
    rows = list(
        Concern.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(organization=source)
        .order_by("pk")
    )
    if rows:
        moved = Concern.objects.filter(pk__in=[row.pk for row in rows])
        Concern.machine.move_many(moved, "inherit", organization=target)
        terms.hand_over(rows, target.pk)
        text = f"随合并由{source}转{target}"
        tell_many([_step(row, ConcernStepKind.INHERITED, text) for row in rows], by=by)
        audit.record(
            by=by,
            verb="concerns.concern.inherit",
            object_type=Concern._meta.label_lower,
            organization_id=target.pk,
            organization_path=target.path,
            changes={"count": [None, len(rows)]},
        )
    Concern.machine.move_many(Concern.objects.filter(intake=source), "inherit", intake=target)
    return len(rows)


def _may_have(organization: Organization, intake: Organization, by: Actor) -> bool:
    if organization.abolished_on:
        return False
    return organization.pk == intake.pk or by.may_at(P.CONCERN_ASSIGN, organization.path)


def _made(
    uid: uuid.UUID, told: Told, intake: Organization, organization: Organization | None
) -> Concern:
    text = told.text.strip()
    if len(text) < 4:
        raise DomainError("请写群众说了什么（至少 4 个字）。", field="text")
    if organization is None and intake.kind in BRANCH_KINDS:
        organization = intake
    concern = Concern(
        uid=uid,
        source=ConcernSource(told.source),
        order_number=told.order_number[:40],
        kind=told.kind,
        urgency=Urgency(told.urgency),
        text=text[:1000],
        place=clean(told.place)[:100],
        intake=intake,
        organization=organization or intake,
        received_at=told.received_at or clock.now(),
        due_at=clock.now(),
        state=ConcernState.WAITING if organization is None else ConcernState.DOING,
    )
    concern.due_at = told.due_at or _due(concern, concern.received_at)
    concern.seal_contact(clean(told.person)[:50], clean(told.phone)[:30])
    return concern


def _due(concern: Concern, since: dt.datetime | None = None) -> dt.datetime:
    """The time limit by the concern's category, from now unless another moment is given."""
    limits = {"hours": concern.kind.hours, "days": concern.kind.days} if concern.kind else {}
    local = timezone.localtime(since or clock.now())
    return due_at(local, concern.urgency, load(), **limits)


def _step(concern: Concern, kind: str, text: str = "") -> ConcernStep:
    return ConcernStep(concern=concern, kind=ConcernStepKind(kind), text=text)

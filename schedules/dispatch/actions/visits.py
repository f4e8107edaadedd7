"""A visit is planned, made, written down and closed; what it found becomes action items."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from core import attachments, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.models import Organization, User
from orgs.permissions import Permission
from schedules.action_items.actions import issuing
from schedules.action_items.models import ActionItem

from ..models import FieldVisit, VisitAttachment, VisitFinding, VisitVisitor
from . import rights, telling

SOURCE = "visit"
"""The key of visits in the register of sources of action items."""
LONGEST_NOTES = 4000
LONGEST_CONCLUSION = 2000
MOST_FINDINGS = 40
MOST_VISITORS = 10
_AHEAD = dt.timedelta(days=366)


@action
def plan(
    *,
    holder: Organization,
    organization: Organization,
    visitors: Collection[User],
    by: Actor,
    visit_on: dt.date | None = None,
) -> FieldVisit:
    """Plans a visit by hand; who is visited is not told. Raises NotAllowed or DomainError."""
    rights.expect_holder(holder, by, "调研由组织调研的党委安排。")
    if organization.pk == holder.pk or not organization.path.startswith(holder.path):
        raise DomainError("只能去下级党组织调研。", field="organization")
    if organization.abolished_on and organization.abolished_on <= clock.today():
        raise DomainError(f"{organization}已经撤销。", field="organization")
    people = {one.pk: one for one in visitors}
    if not 1 <= len(people) <= MOST_VISITORS:
        raise DomainError(f"请选 1 到 {MOST_VISITORS} 名调研人员。", field="visitors")
    _check_day(visit_on)
    # Two who plan at once go one after the other.
    list(Organization.objects.select_for_update(of=("self",), no_key=True).filter(pk=holder.pk))
    same = FieldVisit.objects.open().filter(holder=holder, organization=organization)
    if same.exists():
        raise DomainError(f"{organization}已有一次待去的调研。", field="organization")
    visit = FieldVisit.objects.create(holder=holder, organization=organization, visit_on=visit_on)
    VisitVisitor.objects.bulk_create(
        VisitVisitor(visit=visit, user=one, name=one.name[:100]) for one in people.values()
    )
    telling.note(
        visit,
        "dispatch.visit.plan",
        holder=visit.holder,
        by=by,
        changes={"visitors": [None, len(people)]},
    )
    return visit


@action
def set_day(*, visit: FieldVisit, visit_on: dt.date, by: Actor) -> FieldVisit:
    """Says on which day it is made. Of two who say so the later holds. Raises NotAllowed, MovedOn or
    DomainError."""
    _expect_writer(visit, by)
    _check_day(visit_on)
    before = _locked(visit).visit_on
    if before == visit_on:
        return visit
    FieldVisit.machine.move(visit, "plan", visit_on=visit_on)
    changes: dict[str, list[object]] = {
        "visit_on": [str(before) if before else None, str(visit_on)]
    }
    telling.note(visit, "dispatch.visit.plan", holder=visit.holder, by=by, changes=changes)
    return visit


@action
def begin(*, visit: FieldVisit, by: Actor) -> FieldVisit:
    """They are there: from now it is written down. Raises NotAllowed or MovedOn."""
    _expect_writer(visit, by)
    FieldVisit.machine.move(visit, "begin", begun_at=clock.now(), visit_on=clock.today())
    telling.note(visit, "dispatch.visit.begin", holder=visit.holder, by=by)
    return visit


@action
def note(
    *, visit: FieldVisit, notes: str, revision: int, by: Actor, conclusion: str = ""
) -> FieldVisit:
    """Saves what was written down on the spot, and what is to be the conclusion so far. Raises
    NotAllowed, MovedOn, Stale or DomainError."""
    _expect_writer(visit, by)
    values = _written(notes, conclusion, by)
    FieldVisit.machine.move(visit, "note", revision=revision, **values)
    telling.note(visit, "dispatch.visit.note", holder=visit.holder, by=by)
    return visit


@action
def find(*, visit: FieldVisit, uid: UUID, text: str, by: Actor) -> VisitFinding:
    """One thing that the visit found. `uid` is made by who types: sent again it is the same one.
    Raises NotAllowed, MovedOn or DomainError."""
    _expect_writer(visit, by)
    visit = _locked(visit)
    same = VisitFinding.objects.filter(uid=uid).first()
    if same is not None:
        if same.visit_id != visit.pk:
            raise DomainError("这条问题属于另一次调研。请刷新页面后再写。", field="text")
        return same
    FieldVisit.machine.expect(visit, "note")
    text = clean(text)
    if len(text) < 4:
        raise DomainError("请写清发现了什么（至少 4 个字）。", field="text")
    if visit.findings.count() >= MOST_FINDINGS:
        raise DomainError(f"一次调研最多 {MOST_FINDINGS} 个问题。", field="text")
    finding = VisitFinding.objects.create(
        uid=uid,
        visit=visit,
        text=text[:500],
        written_by_name=by.name[:100],
        written_at=clock.now(),
    )
    telling.note(visit, "dispatch.visit.find", holder=visit.holder, by=by)
    return finding


@action
def hand(
    *, finding: VisitFinding, owner: Organization, given: issuing.Given, is_issued: bool, by: Actor
) -> ActionItem:
    """Makes an item of a finding, once, given out at once with `is_issued`. Raises NotAllowed,
    MovedOn or DomainError."""
    visit = finding.visit
    _expect_writer(visit, by)
    _locked(visit)
    origin = issuing.Origin(SOURCE, visit.pk, str(visit))
    item = issuing.draft(issuer=visit.holder, owners=[owner], given=given, by=by, origin=origin)
    if not VisitFinding.objects.filter(pk=finding.pk, item=None).update(item=item):
        raise Conflict("这个问题已经转为督办，不用再转。", code="state")
    if is_issued:
        issuing.issue(item=item, by=by)
    telling.note(
        visit,
        "dispatch.visit.hand",
        holder=visit.holder,
        by=by,
        changes={"number": [None, item.number]},
    )
    return item


@action
def finish(
    *, visit: FieldVisit, conclusion: str, revision: int, by: Actor, notes: str = ""
) -> FieldVisit:
    """Closes the visit with what it found, which the visited may read from now on. Raises
    NotAllowed, MovedOn, Stale or DomainError."""
    _expect_writer(visit, by)
    values = _written(notes, conclusion, by)
    if len(values["conclusion"]) < 4:
        raise DomainError("请写调研情况（至少 4 个字），被调研的党组织会看到。", field="conclusion")
    FieldVisit.machine.move(visit, "finish", revision=revision, done_at=clock.now(), **values)
    telling.note(visit, "dispatch.visit.finish", holder=visit.holder, by=by)
    return visit


@action
def cancel(*, visit: FieldVisit, cancel_reason: str, by: Actor) -> FieldVisit:
    """It is not made, and why: what was drawn is not left out in silence. Raises NotAllowed, MovedOn
    or DomainError."""
    rights.expect_holder(visit.holder, by, "调研由组织调研的党委取消。")
    reason = clean(cancel_reason)
    if len(reason) < 2:
        raise DomainError("请写取消原因。", field="cancel_reason")
    FieldVisit.machine.move(visit, "cancel", cancel_reason=reason[:300])
    telling.note(visit, "dispatch.visit.cancel", holder=visit.holder, by=by, text=reason)
    return visit


@action
def attach(
    *, visit: FieldVisit, file: attachments.Checked, by: Actor, uid: UUID | None = None
) -> VisitAttachment:
    """Adds a checked photograph or paper while the visit is under way. The same file twice is one;
    so is what is sent again with its `uid`, also when the visit is over by then. Raises NotAllowed,
    MovedOn or DomainError."""
    _expect_writer(visit, by)
    visit = _locked(visit)
    if uid is not None and (same := visit.attachments.filter(sent_as=uid).first()) is not None:
        return same
    FieldVisit.machine.expect(visit, "note")
    row, is_new = attachments.keep(VisitAttachment, file=file, by=by, visit=visit)
    if uid is not None:
        visit.attachments.filter(pk=row.pk, sent_as=None).update(sent_as=uid)
    if is_new:
        telling.note(visit, "dispatch.visit.attach", holder=visit.holder, by=by)
    return row


@action
def detach(*, attachment: VisitAttachment, by: Actor) -> None:
    """Takes a file away while the visit is under way. Idempotent. Raises NotAllowed or MovedOn."""
    _expect_writer(attachment.visit, by)
    visit = _locked(attachment.visit)
    FieldVisit.machine.expect(visit, "note")
    if not VisitAttachment.objects.filter(pk=attachment.pk).exists():
        return
    telling.note(visit, "dispatch.visit.detach", holder=visit.holder, by=by)
    attachments.discard(attachment)


def _written(notes: str, conclusion: str, by: Actor) -> dict[str, Any]:
    notes, conclusion = clean(notes, multiline=True), clean(conclusion, multiline=True)
    if len(notes) > LONGEST_NOTES:
        raise DomainError(f"现场记录请写在 {LONGEST_NOTES} 字以内。", field="notes")
    if len(conclusion) > LONGEST_CONCLUSION:
        raise DomainError(f"调研情况请写在 {LONGEST_CONCLUSION} 字以内。", field="conclusion")
    return {
        "notes": notes,
        "conclusion": conclusion,
        "saved_by_name": by.name[:100],
        "saved_at": clock.now(),
    }


def _locked(visit: FieldVisit) -> FieldVisit:
    rows = FieldVisit.objects.select_for_update(of=("self",))
    return rows.select_related("holder", "organization").get(pk=visit.pk)


def _expect_writer(visit: FieldVisit, by: Actor) -> None:
    """Who makes the visit, and who holds it."""
    if by.may_at(Permission.DISPATCH_EDIT, visit.holder.path):
        return
    if not visit.visitors.filter(user_id__in=by.persons).exists():
        raise NotAllowed("调研由调研人员和组织单位记录。")


def _check_day(day: dt.date | None) -> None:
    if day is None:
        return
    if day < clock.today():
        raise DomainError("日期不能早于今天。", field="visit_on")
    if day > clock.today() + _AHEAD:
        raise DomainError("日期请在一年以内。", field="visit_on")

"""党籍处理: what takes membership away, or gives it back, is proposed by the branch and approved by a
committee above, by another person and with its document."""

import datetime as dt

from django.db import IntegrityError, transaction

from core import audit, clock, notifications
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.models import Organization

from ..enums import EXCLUSIONS, DecisionKind, ExitReason
from ..models import Member, MembershipDecision
from ..models.decision import HIGHEST
from ..queries.decisions import exclusion, fitting
from ..rules import covers
from . import members

_NOBODY = "这项党籍处理须由有权批准的上级党委、并由提请人以外的人办理。"


@action
def propose(
    *,
    member: Member,
    kind: DecisionKind | str,
    resolved_on: dt.date,
    resolution_number: str,
    basis: str,
    by: Actor,
) -> MembershipDecision:
    """Proposes what the branch's meeting resolved. Changes nothing but that it waits.

    Raises DomainError for what does not fit how the member stands, or lacks document, date or
    ground; Conflict while another proposal about him waits.
    """
    found = Member.objects.select_for_update(of=("self",)).select_related("organization")
    member = found.get(pk=member.pk)
    if by.user_id is None or not covers(by, member.organization.path):
        raise NotAllowed("这名党员不在管理范围内。")
    if kind not in fitting(member):
        raise DomainError("这名党员现在的党籍状态不适用这一项。", field="kind")
    number, basis = clean(resolution_number), clean(basis)
    if not number:
        raise DomainError("请填写支部大会决议或请示的文号。", field="resolution_number")
    if len(basis) < 4:
        raise DomainError("请写明依据（至少 4 个字）。", field="basis")
    _in_time(member, resolved_on, "resolved_on")
    highest = kind in HIGHEST
    if kind == DecisionKind.RESTORED:
        leaving = exclusion(member)
        highest = leaving is not None and leaving.reason in HIGHEST
    try:
        with transaction.atomic():
            decision = MembershipDecision.objects.create(
                member=member,
                organization=member.organization,
                kind=kind,
                is_highest=highest,
                resolved_on=resolved_on,
                resolution_number=number[:60],
                basis=basis[:300],
                proposed_by_id=by.user_id,
                proposed_by_name=by.name[:100],
                proposed_in_id=by.organization_id,
                proposed_at=clock.now(),
            )
    except IntegrityError as error:
        raise Conflict("这名党员已有一项党籍处理待批准。") from error
    _record(decision, "members.decision.propose", by, {"resolved_on": [None, resolved_on]}, basis)
    return decision


@action
def approve(
    *,
    decision: MembershipDecision,
    document_number: str,
    approved_on: dt.date,
    by: Actor,
    organization: Organization | None = None,
) -> MembershipDecision:
    """The committee's yes: from the day of the approval on it counts. `organization` is the branch
    that takes up who comes back, where his own has been abolished.

    Raises NotAllowed for whoever proposed it or whose body may not decide, Conflict when it has
    been decided, or the member stands otherwise by now.
    """
    _may_decide(decision, by)
    number = clean(document_number)
    if not number:
        raise DomainError("请填写批复文号。", field="document_number")
    member = decision.member
    _in_time(member, approved_on, "approved_on")
    if approved_on < decision.resolved_on:
        raise DomainError("批准日期不能早于支部大会决议日期。", field="approved_on")
    MembershipDecision.machine.move(
        decision,
        "approve",
        approved_on=approved_on,
        document_number=number[:60],
        decided_by_id=by.user_id,
        decided_by_name=by.name[:100],
        decided_at_place=by.organization_name[:100],
        decided_at=clock.now(),
    )
    note = f"{decision.get_kind_display()}，批复文号 {number}"
    if decision.kind in EXCLUSIONS:
        members.record_exit(
            member=member,
            reason=ExitReason(decision.kind),
            happened_on=approved_on,
            document_number=number,
            note=decision.basis,
            by=by,
            is_decided=True,
        )
    elif decision.kind == DecisionKind.RESTORED:
        members.restore(member=member, reason=note, by=by, to=organization, is_decided=True)
    else:
        act = "suspend" if decision.kind == DecisionKind.SUSPENDED else "resume"
        members.set_apart(member=member, act=act, on=approved_on, note=note, by=by)
    _record(
        decision,
        "members.decision.approve",
        by,
        {"document_number": [None, number]},
        decision.basis,
    )
    _tell(decision, f"{decision}：已批准", f"批复文号 {number}，自批准之日起计。")
    return decision


@action
def refuse(*, decision: MembershipDecision, reason: str, by: Actor) -> MembershipDecision:
    """The committee's no, with its reason. As with `approve`, by another person."""
    _may_decide(decision, by)
    reason = clean(reason)
    if len(reason) < 2:
        raise DomainError("请写明不批准的理由。", field="reason")
    MembershipDecision.machine.move(
        decision,
        "refuse",
        reason=reason[:300],
        decided_by_id=by.user_id,
        decided_by_name=by.name[:100],
        decided_at_place=by.organization_name[:100],
        decided_at=clock.now(),
    )
    _record(decision, "members.decision.refuse", by, {}, reason)
    _tell(decision, f"{decision}：未批准", reason)
    return decision


@action
def withdraw(*, decision: MembershipDecision, by: Actor) -> MembershipDecision:
    """Whoever proposed it, or another who may propose in the same place, takes it back.

    Raises NotAllowed for anybody else, Conflict when it has been decided.
    """
    if not MembershipDecision.objects.for_withdrawing(by).filter(pk=decision.pk).exists():
        raise NotAllowed("党籍处理由提请的党组织撤回。")
    MembershipDecision.machine.move(
        decision,
        "withdraw",
        decided_by_name=by.name[:100],
        decided_at_place=by.organization_name[:100],
        decided_at=clock.now(),
    )
    _record(decision, "members.decision.withdraw", by, {}, decision.basis)
    if decision.proposed_by_id != by.user_id:
        _tell(decision, f"{decision}：已撤回", f"由{by.name}撤回，上级不再办理。")
    return decision


def _may_decide(decision: MembershipDecision, by: Actor) -> None:
    """By the branch that the member belongs to now, which is locked with him."""
    member = (
        Member.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=decision.member_id)
    )
    decision.member = member
    theirs = MembershipDecision.objects.for_deciding(by).filter(pk=decision.pk).exists()
    above = len(by.organization_path) < len(member.organization.path)
    if not theirs or not above or not covers(by, member.organization.path):
        raise NotAllowed(_NOBODY)


def _in_time(member: Member, day: dt.date, field: str) -> None:
    if day > clock.today():
        raise DomainError("日期不能晚于今天。", field=field)
    if member.joined_on and day < member.joined_on:
        raise DomainError("日期不能早于入党时间。", field=field)


def _record(
    decision: MembershipDecision, verb: str, by: Actor, changes: dict[str, object], note: str
) -> None:
    audit.record(
        by=by,
        verb=verb,
        obj=decision.member,
        organization_id=decision.organization_id,
        organization_path=decision.organization.path,
        changes={"decision": [None, decision.get_kind_display()], **changes},
        note=note,
    )


def _tell(decision: MembershipDecision, title: str, body: str) -> None:
    notifications.tell(
        [
            notifications.Message(
                user_id=decision.proposed_by_id,
                key=f"decision:{decision.pk}:{decision.state}",
                title=title,
                body=body,
                url=decision.get_absolute_url(),
                by_mail=False,  # what is decided about somebody leaves the portal with nobody's mail
            )
        ]
    )

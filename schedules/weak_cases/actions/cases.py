"""An organisation is proposed, decided on, put right by measures, accepted, and followed for a year."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.states import tell
from core.text import clean
from orgs.models import Organization
from schedules.action_items.actions import issuing
from schedules.action_items.enums import Priority

from ..enums import Acceptance, Finding, FollowUp, StepKind
from ..models import CaseFact, CaseMeasure, CaseStep, Criterion, WeakCase
from ..queries.cases import open_items
from ..rules import LEAST, MOST_MEASURES, is_last, look_due, written
from . import rights

SOURCE = "weak_case"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a plan, as typed."""

    title: str
    due_on: dt.date | None
    responsible_name: str = ""


@action
def open_case(*, organization: Organization, facts: Mapping[int, str], by: Actor) -> WeakCase:
    """Proposes an organisation, with the facts by criterion. Nobody below is told. Raises NotAllowed,
    DomainError, or Conflict where one of it is under way."""
    rights.expect_runner(organization, by)
    if organization.abolished_on is not None and organization.abolished_on <= clock.today():
        raise DomainError(f"{organization}已经撤销。", field="organization")
    known = {one.pk: one for one in Criterion.objects.in_force(clock.today())}
    if set(facts) - set(known):
        raise DomainError("有的标准已经停用，请重新打开这一页。")
    if not facts:
        raise DomainError("至少写一条符合的标准和事实。")
    told = {pk: written(text, "事实", f"fact_{pk}") for pk, text in facts.items()}
    case = WeakCase(organization=organization, opened_on=clock.today())
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(f"{organization}已经提出或正在整顿，不用再提。") from error
    CaseFact.objects.bulk_create(
        [CaseFact(case=case, criterion=known[pk], words=text) for pk, text in told.items()]
    )
    tell(_step(case, StepKind.OPENED), by=by)
    rights.note(case, "weak_cases.case.open", by=by, changes={"criteria": [None, len(told)]})
    return case


@action
def decide(*, case: WeakCase, finding: str, reason: str, revision: int, by: Actor) -> WeakCase:
    """The decision, with its reason; that it is not weak is a good end. Raises NotAllowed, MovedOn,
    Stale or DomainError."""
    case = rights.locked(case.pk)
    rights.expect_runner(case.organization, by)
    WeakCase.machine.expect(case, "decide", revision)
    if finding not in Finding.values:
        raise DomainError("请选认定或不予认定。", field="finding")
    reason = written(reason, "理由", "reason")
    is_weak = finding == Finding.WEAK
    told: dict[str, Any] = {"decided_on": clock.today(), "reason": reason}
    if not is_weak:
        told["ended_on"] = clock.today()
    WeakCase.machine.move(
        case,
        "decide" if is_weak else "decline",
        revision=revision,
        step=_step(case, StepKind.DECIDED if is_weak else StepKind.DECLINED, reason),
        by=by,
        **told,
    )
    changes = {"reason": [None, reason]}
    if is_weak:
        rights.note(case, "weak_cases.case.decide", by=by, changes=changes)
    else:
        rights.note(case, "weak_cases.case.decline", by=by, changes=changes)
    return case


@action
def plan(
    *,
    case: WeakCase,
    leader_name: str,
    measures: Sequence[Measure],
    revision: int,
    by: Actor,
) -> WeakCase:
    """The plan: a leader in charge, and measures, each given out as an action item. Raises NotAllowed,
    MovedOn, Stale or DomainError."""
    case = rights.locked(case.pk)
    rights.expect_runner(case.organization, by)
    WeakCase.machine.expect(case, "plan", revision)
    leader_name = clean(leader_name)[:50]
    if not leader_name:
        raise DomainError("请写包联领导。", field="leader_name")
    if not 1 <= len(measures) <= MOST_MEASURES:
        raise DomainError(f"措施写 1 至 {MOST_MEASURES} 条。", field="title_0")
    issuer = Organization.objects.get(pk=by.organization_id or 0)
    for number, one in enumerate(measures):
        if len(clean(one.title)) < LEAST:
            raise DomainError(f"措施至少写 {LEAST} 个字。", field=f"title_{number}")
        if one.due_on is None or one.due_on < clock.today():
            raise DomainError("期限填今天以后的日期。", field=f"due_{number}")
        item = issuing.draft(
            issuer=issuer,
            owners=[case.organization],
            given=issuing.Given(
                title=one.title,
                due_on=one.due_on,
                priority=Priority.IMPORTANT,
                responsible_name=one.responsible_name,
                leader_name=leader_name,
            ),
            origin=issuing.Origin(SOURCE, case.pk, "软弱涣散整顿"),
            by=by,
        )
        item = issuing.issue(item=item, by=by, revision=item.revision)
        CaseMeasure.objects.create(case=case, round=case.round, item=item)
    WeakCase.machine.move(
        case,
        "plan",
        revision=revision,
        step=_step(case, StepKind.PLANNED, f"{leader_name}包联，{len(measures)} 条措施"),
        by=by,
        leader_name=leader_name,
    )
    changes = {"leader_name": [None, leader_name], "measures": [None, len(measures)]}
    rights.note(case, "weak_cases.case.plan", by=by, changes=changes)
    return case


@action
def accept(
    *,
    case: WeakCase,
    acceptance: str,
    note: str,
    override_reason: str = "",
    revision: int,
    by: Actor,
) -> WeakCase:
    """The zone accepts, which begins the year of following up, or sends back, which asks for another
    plan. While items are open it accepts only with a written reason, which stays. Raises NotAllowed,
    MovedOn, Stale or DomainError."""
    case = rights.locked(case.pk)
    rights.expect_holder(case.organization, by)
    WeakCase.machine.expect(case, "accept", revision)
    if acceptance not in Acceptance.values:
        raise DomainError("请选验收结果。", field="acceptance")
    note = written(note, "验收意见", "note")
    if acceptance == Acceptance.AGAIN:
        WeakCase.machine.move(
            case,
            "send_back",
            revision=revision,
            step=_step(case, StepKind.SENT_BACK, note),
            by=by,
            round=case.round + 1,
        )
        rights.note(case, "weak_cases.case.send_back", by=by, changes={"reason": [None, note]})
        return case
    left = open_items(case)
    reason = ""
    if left:
        if not clean(override_reason):
            raise DomainError(
                f"还有 {left} 件督办没有销号。确要先验收，请写明破例的理由。",
                field="override_reason",
            )
        reason = written(override_reason, "破例的理由", "override_reason")
    said = f"{note}。破例验收：{reason}" if reason else note
    WeakCase.machine.move(
        case,
        "accept",
        revision=revision,
        step=_step(case, StepKind.ACCEPTED, said[:400]),
        by=by,
        accepted_on=clock.today(),
        override_reason=reason,
        half_on=None,
    )
    changes: dict[str, Any] = {"reason": [None, note]}
    if left:
        changes |= {"open_items": [None, left], "override_reason": [None, reason]}
    rights.note(case, "weak_cases.case.accept", by=by, changes=changes)
    return case


@action
def follow_up(*, case: WeakCase, found: str, note: str, revision: int, by: Actor) -> WeakCase:
    """The zone looks again at half a year and at a year; the second look ends the case. A relapse is
    written down on any day and opens it again. Raises NotAllowed, MovedOn, Stale or DomainError."""
    case = rights.locked(case.pk)
    rights.expect_holder(case.organization, by)
    WeakCase.machine.expect(case, "last", revision)
    if found not in FollowUp.values:
        raise DomainError("请选回访的结果。", field="found")
    note = written(note, "情况", "note")
    today = clock.today()
    if found == FollowUp.RELAPSED:
        WeakCase.machine.move(
            case,
            "relapse",
            revision=revision,
            step=_step(case, StepKind.RELAPSED, note),
            by=by,
            round=case.round + 1,
            accepted_on=None,
            override_reason="",
            half_on=None,
        )
        rights.note(case, "weak_cases.case.relapse", by=by, changes={"reason": [None, note]})
        return case
    if case.accepted_on is None:
        raise DomainError("还没有验收。")
    due = look_due(case.accepted_on, case.half_on)
    if today < due:
        raise DomainError(
            f"{due.year}年{due.month}月{due.day}日起才做下一次回访；又出现问题的，随时可以写。",
            field="found",
        )
    ends = is_last(case.accepted_on, today)
    told: dict[str, Any] = {"ended_on": today} if ends else {"half_on": today}
    WeakCase.machine.move(
        case,
        "end" if ends else "last",
        revision=revision,
        step=_step(case, StepKind.LASTING, note),
        by=by,
        **told,
    )
    rights.note(case, "weak_cases.case.last", by=by, changes={"reason": [None, note]})
    return case


@action
def follow(*, source: Organization, target: Organization, by: Actor) -> None:
    """What is under way for an organisation goes over to the one that it is merged into; where that one
    has one itself, the two become that one."""
    case = (
        WeakCase.objects.under_way()
        .select_for_update(of=("self",))
        .select_related("organization")
        .filter(organization=source)
        .first()
    )
    if case is None:
        return
    own = WeakCase.objects.under_way().select_for_update().filter(organization=target).first()
    changes = {"organization": [str(source), str(target)]}
    step = _step(case, StepKind.MERGED, f"{source}并入{target}"[:400])
    if own is None:
        WeakCase.machine.move(case, "inherit", step=step, by=by, organization=target)
    else:
        CaseMeasure.objects.filter(case=case).update(case=own, round=own.round)
        WeakCase.machine.move(case, "absorb", step=step, by=by, ended_on=clock.today())
    rights.note(case, "weak_cases.case.merge", by=by, changes=changes)


def _step(case: WeakCase, kind: StepKind, text: str = "") -> CaseStep:
    return CaseStep(case=case, kind=kind, text=text)

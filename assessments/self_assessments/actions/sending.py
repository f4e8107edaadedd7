"""A self-assessment is sent, items of it are returned and sent again, or it is gone without."""

from collections.abc import Sequence

from assessments.cycles.access import holds
from assessments.cycles.enums import CycleState
from assessments.cycles.models import ASSESSED, Assessed
from core import clock, notifications, periods
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.notifications import Message
from core.text import clean
from orgs.permissions import Permission
from schedules.action_items.queries.people import people_at

from ..enums import SelfState, Stance
from ..models import SelfAssessment, SelfItem
from ..queries import sheet
from . import rows

MOST_REASON = 300
SHOWN = 5


@action
def send(*, assessed: Assessed, revision: int, by: Actor) -> SelfAssessment:
    """Sends it: nothing is written any more but what is returned. `revision` is that of the whole as
    it was seen, 0 before anything was written. Raises NotAllowed, Stale, MovedOn, Conflict once the
    review has begun, DomainError for what is neither marked nor said why not."""
    row, is_new = rows.held(assessed=assessed, by=by)
    SelfAssessment.machine.expect(row, "send")
    if row.state == SelfState.RETURNED:
        raise Conflict("退回的项补充后逐项重新报送。", code="returned")
    rows.expect_open(row, None)
    found = sheet.sheet_of(assessed)
    if found.explained is None:
        raise Conflict("还在按冻结的事实计算，几分钟后再报送。", code="computing")
    if found.missing:
        names = "、".join(one.name for one in found.missing[:SHOWN])
        more = " 等" if len(found.missing) > SHOWN else ""
        raise DomainError(
            f"还有 {len(found.missing)} 项没有自评，也没有写明为什么不评：{names}{more}。",
            code="missing",
        )
    seen = row.revision if is_new and not revision else revision
    SelfAssessment.machine.move(
        row, "send", revision=seen, sent_at=clock.now(), sent_by_name=by.name[:100]
    )
    rows.tell(row, "self_assessments.self_assessment.send", assessed, by=by)
    return row


@action
def answer(*, assessed: Assessed, indicator: str, by: Actor) -> SelfAssessment:
    """Sends a returned item again; with the last one the whole is sent again. Raises NotAllowed,
    Conflict for one that is not open."""
    row, _ = rows.held(assessed=assessed, by=by)
    rows.close(row, sheet.item_of(row, indicator), by)
    return row


@action
def return_items(
    *, self_assessment: SelfAssessment, items: Sequence[tuple[str, str]], by: Actor
) -> int:
    """Opens single items again, each (indicator, reason): by a reviewer of the cycle named for the
    assessed, or by whoever holds the cycle; all else stays as it was sent. Who answers for it is told.
    What is open already takes a further reason. Returns how many are new. Raises NotAllowed, Conflict
    when nothing was sent or nothing is taken any more, DomainError for want of a reason."""
    assessed = self_assessment.assessed
    expect_returner(assessed, by)
    row, _ = rows.held_by_anybody(assessed)
    if row.sent_at is None:
        raise Conflict("这家单位没有报送自评，没有可退回的。", code="state")
    if assessed.cycle.state not in (CycleState.FROZEN, CycleState.REVIEWING):
        state = assessed.cycle.get_state_display()
        raise Conflict(f"这期考核{state}，不能再退回自评。", code="state")
    wanted = dict(items)
    if not wanted:
        raise DomainError("选择要退回的项。", field="items")
    there = {one.indicator: one for one in row.items.all()}
    hand = sheet.by_hand(assessed)
    fresh: list[SelfItem] = []
    for indicator, reason in wanted.items():
        rows.expect_known(assessed, indicator)
        text = clean(reason)
        if not 2 <= len(text) <= MOST_REASON:
            raise DomainError(f"写明还要补充什么，{MOST_REASON} 字以内。", field="reason")
        item = there.get(indicator) or SelfItem.objects.create(
            self_assessment=row,
            indicator=indicator,
            stance=Stance.MARKED if indicator in hand else Stance.STANDS,
        )
        if item.is_open:
            if text in item.return_reason:
                continue
            text = f"{item.return_reason}；{text}"[:MOST_REASON]
        else:
            fresh.append(item)
        SelfItem.machine.move(
            item,
            "edit",
            returned_at=clock.now(),
            answered_at=None,
            returned_by_name=by.name[:100],
            return_reason=text,
        )
        told = {"indicator": [None, sheet.called(row.assessed, indicator)], "reason": [None, text]}
        rows.tell(row, "self_assessments.item.return", assessed, by=by, changes=told)
    if fresh:
        SelfAssessment.machine.move(row, "return")
        _tell_people(row, fresh)
    return len(fresh)


@action
def go_without(*, assessed: Assessed, by: Actor) -> SelfAssessment:
    """未自评，按事实考核: whoever holds the cycle waits no longer. What was drafted says nothing, and
    nothing is held against the assessed. Idempotent. Raises NotAllowed, Conflict for one that was
    sent."""
    about = ASSESSED, assessed.pk
    kept_out = by.keeps_out(Permission.ASSESSMENT_RUN, assessed.path, about)
    if kept_out or not holds(by, assessed.cycle):
        raise NotAllowed("由组织这期考核的党委办理。")
    row, _ = rows.held_by_anybody(assessed)
    if row.is_without:
        return row
    if row.state != SelfState.DRAFT:
        raise Conflict("这家单位已经报送自评。", code="state")
    if assessed.cycle.state not in (CycleState.FROZEN, CycleState.REVIEWING):
        state = assessed.cycle.get_state_display()
        raise Conflict(f"这期考核{state}，这一步已不适用。", code="state")
    SelfAssessment.machine.move(row, "send", sent_by_name=by.name[:100])
    rows.tell(row, "self_assessments.self_assessment.go_without", assessed, by=by)
    return row


def expect_returner(assessed: Assessed, by: Actor) -> None:
    """Raises NotAllowed for whoever neither reviews the assessed in this cycle nor holds it."""
    about = ASSESSED, assessed.pk
    reviews = by.may_at(Permission.ASSESSMENT_REVIEW, assessed.path, about=about)
    kept_out = by.keeps_out(Permission.ASSESSMENT_RUN, assessed.path, about)
    if not reviews and (kept_out or not holds(by, assessed.cycle)):
        raise NotAllowed("自评由考核组成员或组织考核的党委退回。")


def _tell_people(row: SelfAssessment, items: Sequence[SelfItem]) -> None:
    """Into the inbox of who answers for it, who has to know today. Five queries."""
    assessed = row.assessed
    names = {one.indicator: sheet.leaf_of(assessed, one.indicator) for one in items}
    lines = [
        f"{leaf.name if (leaf := names[one.indicator]) else one.indicator}：{one.return_reason}"
        for one in items
    ]
    people = people_at([assessed.organization_id], Permission.ASSESSMENT_ANSWER)
    stamp = int(clock.now().timestamp())
    notifications.tell(
        Message(
            user_id=user,
            key=f"self_return:{assessed.pk}:{stamp}:{user}",
            title=f"{periods.label(assessed.cycle.period)}自评退回 {len(items)} 项，补充后重新报送",
            body="\n".join(lines),
            url=row.get_absolute_url(),
            about=f"self_assessment:{assessed.pk}",
        )
        for user in people.get(assessed.organization_id, ())
    )

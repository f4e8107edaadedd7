"""What was done for a duty without a form, written down time by time, and looked at from above."""

import datetime as dt
from typing import Any

from django.db.models import F

from core import clock, periods
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.states import tell
from core.text import clean
from orgs.access import expect_still
from orgs.permissions import Permission

from ..enums import DutyState, StepKind
from ..models import Duty, DutyRecord, DutyStep
from ..queries.calendar import load
from ..queries.duties import locked_duty
from ..queries.openings import mending
from . import duties
from .checking import NOT_BEGUN

LONGEST = 300


def _move(duty: Duty, act: str, **changes: Any) -> None:
    """Moves the locked duty on and has the figures above it counted. Raises Conflict when it has
    moved on meanwhile."""
    Duty.machine.move(duty, act, revision=duty.revision, **changes)
    duties.count_above(duty)


def _hand_in(duty: Duty, by: Actor, done: int, reply: str) -> None:
    """Puts what is written down before the level above, with the answer to what came back."""
    now, again = clock.now(), duty.submitted_at is not None
    sent = {"submitted_at": duty.submitted_at or now, "sent_at": now, **NOT_BEGUN}
    _move(duty, "hand_in", done_count=done, reply=reply, **sent)
    kind = StepKind.RESUBMITTED if again else StepKind.SUBMITTED
    tell(DutyStep(duty=duty, kind=kind, text=f"回复：{reply}" if reply else ""), by=by)


def _reply(duty: Duty, text: str | None) -> str:
    """The answer to what came back, as stored where none is given; there is nothing to answer
    otherwise."""
    reply = duty.reply if text is None else clean(text, multiline=True)
    if len(reply) > LONGEST:
        raise DomainError(f"回复请写在 {LONGEST} 字以内。", field="reply", code="length")
    return reply if duty.state == DutyState.RETURNED else ""


def _refuse_past_lock(duty: Duty) -> None:
    if duty.is_locked(clock.now()):
        raise DomainError("已过锁定日期，不再接收。确需补记，请上级党组织重新开放。", code="locked")


@action
def add(
    *, duty: Duty, done_on: dt.date, text: str, by: Actor, reply: str | None = None
) -> DutyRecord:
    """Writes down one time that it was done. The last one that is required hands the duty in, with
    a `reply` to what came back.

    The same entry twice is one. Raises DomainError for a day outside the period or still to come,
    for a text that is too short or too long, and once the duty is locked; Conflict when it is not
    open any more.
    """
    duty = locked_duty(duty.pk)
    text = clean(text, multiline=True)
    found = duty.records.filter(done_on=done_on, text=text, removed_at=None).first()
    if found is not None:
        return found
    now = clock.now()
    _refuse_past_lock(duty)
    first = duty.begins_on or periods.first_day(duty.period)
    if not first <= done_on <= clock.today():
        raise DomainError(
            f"办理日期应在{first:%Y年%-m月%-d日}至今天之间。", field="done_on", code="day"
        )
    if not 2 <= len(text) <= LONGEST:
        raise DomainError(f"情况请写 2 至 {LONGEST} 字。", field="text", code="length")
    Duty.machine.expect(duty, "record")
    reply = _reply(duty, reply)
    record = DutyRecord.objects.create(
        duty=duty,
        done_on=done_on,
        text=text,
        recorded_by_id=by.user_id,
        recorded_by_name=by.name,
        recorded_at=now,
    )
    done = duty.records.filter(removed_at=None).count()
    if done >= duty.required_count:
        _hand_in(duty, by, done, reply)
    else:
        _move(duty, "record", done_count=done, reply=reply)
    duties.record(duty, "record", by, {"done_count": [done - 1, done]})
    return record


@action
def remove(*, record: DutyRecord, by: Actor) -> None:
    """Takes an entry back, which stays in the trail. Twice is once. Raises Conflict once the duty
    has been handed in: then it has to come back first."""
    duty = locked_duty(record.duty_id)
    taken = duty.records.filter(pk=record.pk, removed_at=None).update(removed_at=clock.now())
    if not taken:
        return
    done = duty.records.filter(removed_at=None).count()
    _move(duty, "record", done_count=done)
    duties.record(duty, "unrecord", by, {"done_count": [done + 1, done]})


@action
def resend(*, duty: Duty, by: Actor, reply: str = "") -> None:
    """Hands in again what is written down and is enough: what came back, with a `reply` that
    answers it, and what was taken back. Raises DomainError while something is missing, for want of
    an answer and once it is locked; Conflict when it is not open any more."""
    duty = locked_duty(duty.pk)
    Duty.machine.expect(duty, "hand_in")
    _refuse_past_lock(duty)
    missing = duty.required_count - duty.done_count
    if missing > 0:
        raise DomainError(f"还差 {missing} 次，登记后即报送。", code="missing")
    reply = _reply(duty, reply)
    if duty.state == DutyState.RETURNED and len(reply) < 2:
        raise DomainError("请写明回复；要补充的，请在上面登记。", field="reply", code="reply")
    _hand_in(duty, by, duty.done_count, reply)
    duties.record(duty, "resend", by, {"reply": [None, reply]} if reply else {})


@action
def accept(*, duty: Duty, by: Actor, remark: str = "") -> None:
    """The level above has looked at it and leaves it so; a `remark` goes to its writers and asks
    for nothing. Raises DomainError for one that is too long, Conflict when it is not waiting,
    NotAllowed for whoever wrote the entries."""
    duty = locked_duty(duty.pk)
    remark = clean(remark, multiline=True)
    if len(remark) > LONGEST:
        raise DomainError(f"附言请写在 {LONGEST} 字以内。", field="remark", code="length")
    _refuse_own(duty, by)
    _move(duty, "look", finished_at=clock.now(), return_reason="", reply="")
    tell(DutyStep(duty=duty, kind=StepKind.ACCEPTED, text=remark), by=by)
    if remark:
        duties.tell_writers(
            duty,
            by=by,
            key=f"remark:duty:{duty.pk}:{duty.revision}",
            title=f"{duty.title}已通过，有附言",
            text=f"{remark}\n不需要重报。",
        )
    duties.record(duty, "accept", by, {"remark": [None, remark]} if remark else {})


@action
def send_back(*, duty: Duty, reason: str, by: Actor) -> None:
    """The level above asks for more, and says what; who writes is told. Raises DomainError for
    want of a reason, Conflict when it is not waiting."""
    duty = locked_duty(duty.pk)
    reason = clean(reason, multiline=True)
    if not 2 <= len(reason) <= LONGEST:
        raise DomainError("请写明退回原因，让对方知道补什么。", field="reason", code="reason")
    _refuse_own(duty, by)
    mend_by, mend_at = mending(duty.plan, load())
    _move(
        duty,
        "send_back",
        return_reason=reason,
        reply="",
        mend_by=mend_by,
        mend_at=mend_at,
        returned_count=F("returned_count") + 1,
        finished_at=None,
    )
    tell(DutyStep(duty=duty, kind=StepKind.RETURNED, text=reason), by=by)
    duties.tell_writers(
        duty,
        by=by,
        key=f"returned:duty:{duty.pk}:{duty.revision}",
        title=f"{duty.title}退回，请补充",
        text=f"{reason}\n请在{mend_by:%-m月%-d日}前补齐。",
    )
    duties.record(duty, "return", by, {"reason": [None, reason]})


def _refuse_own(duty: Duty, by: Actor) -> None:
    expect_still(by, Permission.REPORT_CHECK, duty.organization, duty.as_thing)
    if duty.records.filter(removed_at=None, recorded_by_id__in=by.persons).exists():
        raise NotAllowed("登记和核报须由不同的人办理。", code="own_record")

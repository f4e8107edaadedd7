"""What the level above arranges about a duty: it is waived, put off, or opened again."""

import datetime as dt
from typing import Any

from django.utils import timezone

from core import clock, states
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.text import clean
from orgs.access import expect_still
from orgs.permissions import Permission

from ..enums import Arrangement, DutyState
from ..models import Duty, DutyStep
from ..queries.calendar import end_of, load
from ..queries.duties import locked_duty
from ..queries.openings import moments_after
from . import duties

LONGEST = 200
FARTHEST = 366  # days that something can be put off


@action
def waive(*, duty: Duty, revision: int, reason: str, approved_by: str, by: Actor) -> Duty:
    """免报: the organisation need not do it, for the reason, on somebody's approval; it counts
    nowhere any more. Raises DomainError for want of either, Conflict when it has been sent or was
    arranged otherwise meanwhile."""
    duty = _locked(duty.pk, by)
    reason, approved_by = _reason(reason), clean(approved_by)
    if not 2 <= len(approved_by) <= 60:
        raise DomainError("请写明批准人或批准的文件，60 字以内。", field="approved_by")
    Duty.machine.move(
        duty,
        "waive",
        revision=revision,
        waived_reason=f"免报：{reason}"[:200],
        finished_at=clock.now(),
    )
    _after(duty, Arrangement.WAIVED, f"{reason}（批准：{approved_by}）", "已免报", by)
    changes = {"reason": [None, reason], "approved_by": [None, approved_by]}
    duties.record(duty, "waive", by, changes)
    return duty


@action
def resume(*, duty: Duty, revision: int, reason: str, by: Actor) -> Duty:
    """Takes a waiver back: it is to be done as before. Raises DomainError for want of a reason, or
    for one that the portal waived itself; Conflict when it is not waived."""
    duty = _locked(duty.pk, by)
    reason = _reason(reason)
    if not duty.steps.filter(kind=Arrangement.WAIVED).exists():
        Duty.machine.expect(duty, "resume")
        raise DomainError("这件事由系统按组织变动免除，不能在这里恢复。", code="waived_by_rule")
    act = "resume" if duty.submitted_at is None else "resume_mending"
    phase = duty.phase_at(clock.now())
    Duty.machine.move(duty, act, revision=revision, waived_reason="", finished_at=None, phase=phase)
    _after(duty, Arrangement.RESUMED, reason, "撤销免报，仍须办理", by)
    duties.record(duty, "resume", by, {"reason": [None, reason]})
    return duty


@action
def extend(*, duty: Duty, revision: int, until: dt.date, reason: str, by: Actor) -> Duty:
    """延期: the organisation has until the day, for what was never sent and for what came back;
    grace and lock follow by the plan's rule. Raises DomainError for a day that is no later, for
    want of a reason, or for a case, whose day comes from where it is kept; Conflict when it is not
    open any more."""
    duty = _locked(duty.pk, by)
    reason = _reason(reason)
    Duty.machine.expect(duty, "extend", revision)
    _refuse_case(duty)
    before, today = duty.next_due_on, clock.today()
    if not max(before, today) < until <= today + dt.timedelta(days=FARTHEST):
        raise DomainError(
            f"新的截止日应在{max(before, today):%Y年%-m月%-d日}之后、一年以内。", field="until"
        )
    if duty.state == DutyState.RETURNED:
        changes: dict[str, Any] = {"mend_by": until, "mend_at": end_of(until)}
    else:
        when = moments_after(duty.plan, until, load())
        changes = {
            "due_on": when.due_on,
            "due_at": when.due_at,
            "late_after": when.late_after,
            "locks_at": when.locks_at,
            "extended_from": duty.extended_from or duty.due_on,
        }
    _set(duty, changes)
    Duty.machine.move(
        duty, "extend", revision=revision, phase=duty.phase_at(clock.now()), **changes
    )
    _after(duty, Arrangement.EXTENDED, f"至{_day(until)}：{reason}", f"延期至{_day(until)}", by)
    duties.record(
        duty, "extend", by, {"due_on": [str(before), str(until)], "reason": [None, reason]}
    )
    return duty


@action
def unlock(*, duty: Duty, revision: int, until: dt.date, reason: str, by: Actor) -> Duty:
    """重新开放: what is locked and was never sent is taken again until the day; it stays late. Raises
    DomainError when it is not locked, for a day that is over or too far, or for want of a reason;
    Conflict when it has moved on."""
    duty = _locked(duty.pk, by)
    reason, now, today = _reason(reason), clock.now(), clock.today()
    Duty.machine.expect(duty, "unlock", revision)
    if not duty.is_locked(now):
        raise DomainError("这件事没有锁定，不必重新开放。", code="not_locked")
    if not today <= until <= today + dt.timedelta(days=FARTHEST):
        raise DomainError("开放到哪一天，应从今天起、一年以内。", field="until")
    before = duty.locks_at
    changes: dict[str, Any] = {"locks_at": end_of(until)}
    _set(duty, changes)
    Duty.machine.move(duty, "unlock", revision=revision, phase=duty.phase_at(now), **changes)
    text = f"至{_day(until)}：{reason}"
    _after(duty, Arrangement.UNLOCKED, text, f"重新开放，请在{_day(until)}前补报", by)
    was = timezone.localdate(before) if before else None
    duties.record(
        duty, "unlock", by, {"locks_at": [str(was), str(until)], "reason": [None, reason]}
    )
    return duty


def _locked(duty_id: int, by: Actor) -> Duty:
    duty = locked_duty(duty_id)
    expect_still(by, Permission.REPORT_REOPEN, duty.organization, duty.as_thing)
    if duty.organization_id == by.organization_id:
        raise NotAllowed("本级的事项由上级办理免报、延期和重新开放。", code="own_duty")
    return duty


def _refuse_case(duty: Duty) -> None:
    if duty.subject_kind:
        raise DomainError("这件事的期限由原记录而定，请到那里办理延期。", code="case")


def _reason(text: str) -> str:
    reason = clean(text, multiline=True)
    if not 2 <= len(reason) <= LONGEST:
        raise DomainError(f"请写明原因，2 至 {LONGEST} 字。", field="reason", code="reason")
    return reason


def _day(day: dt.date) -> str:
    return f"{day:%-m月%-d日}"


def _set(duty: Duty, changes: dict[str, Any]) -> None:
    """On the instance first, so that the phase is told by the new moments."""
    for name, value in changes.items():
        setattr(duty, name, value)


def _after(duty: Duty, kind: Arrangement, text: str, told: str, by: Actor) -> None:
    """The timeline, the figures above, and who writes there."""
    states.tell(DutyStep(duty=duty, kind=kind, text=text), by=by)
    duties.count_above(duty)
    key = f"arranged:{duty.pk}:{duty.revision}"
    duties.tell_writers(duty, by=by, key=key, title=f"{duty.title}：{told}", text=text)

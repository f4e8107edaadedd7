"""What the level above arranges about a duty: it is waived, put off, or opened again."""

import datetime as dt
from collections.abc import Collection, Mapping
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
from ..queries.arrangements import Judged, judged, locked_duties
from ..queries.calendar import end_of, load
from ..queries.duties import locked_duty
from ..queries.openings import Moments, moments_after
from ..words import LEFT_OUT
from . import duties

LONGEST = 200
FARTHEST = 366  # days that something can be put off


@action
def waive(*, duty: Duty, revision: int, reason: str, approved_by: str, by: Actor) -> Duty:
    """免报: the organisation need not do it, for the reason, on somebody's approval; it counts
    nowhere any more. Raises DomainError for want of either, Conflict when it has been sent or was
    arranged otherwise meanwhile."""
    duty = _locked(duty.pk, by)
    reason, approved_by = _reason(reason), _approved_by(approved_by)
    Duty.machine.move(
        duty,
        "waive",
        revision=revision,
        waived_reason=_waived_reason(reason),
        finished_at=clock.now(),
    )
    _after(duty, Arrangement.WAIVED, _approved(reason, approved_by), "已免报", by)
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
    _refuse_day(until, after=max(before, today))
    changes = _until(duty, until, moments_after(duty.plan, until, load()))
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


# --- for many organisations at once --------------------------------------------------------------


@action
def waive_many(*, wanted: Mapping[int, int], reason: str, approved_by: str, by: Actor) -> Judged:
    """免报 for those of the duties (id -> the revision that was seen; of one plan) that stand open and
    have not moved on; returns who was waived and
    who was left out. Each is told, told of and recorded as by `waive`, in as many queries as for
    one. Raises DomainError for want of reason or approval, and where nothing is left to be done:
    done twice, it is done once."""
    reason, approved_by = _reason(reason), _approved_by(approved_by)
    found = judged("waive", _locked_many(wanted, by), seen=wanted)
    now = clock.now()
    for duty in found.fitting:
        duty.waived_reason, duty.finished_at = _waived_reason(reason), now
    _write_many(found, "waive", ["waived_reason", "finished_at"])
    text = _approved(reason, approved_by)
    _after_many(found.fitting, Arrangement.WAIVED, text, "已免报", by)
    for duty in found.fitting:
        changes = {"reason": [None, reason], "approved_by": [None, approved_by]}
        duties.record(duty, "waive", by, changes)
    return found


@action
def extend_many(*, wanted: Mapping[int, int], until: dt.date, reason: str, by: Actor) -> Judged:
    """延期 for those of the duties that are open and due before the day; else as
    `waive_many`. Raises DomainError for a day that is over or too far."""
    reason, today = _reason(reason), clock.today()
    _refuse_day(until, after=today)
    found = judged("extend", _locked_many(wanted, by), until, seen=wanted)
    before = {duty.pk: duty.next_due_on for duty in found.fitting}
    now, calendar = clock.now(), load()
    when = moments_after(found.fitting[0].plan, until, calendar) if found.fitting else None
    for duty in found.fitting:
        if when is not None:
            _set(duty, _until(duty, until, when))
        duty.phase = duty.phase_at(now)
    columns = ["due_on", "due_at", "late_after", "locks_at", "extended_from", "mend_by", "mend_at"]
    _write_many(found, "extend", [*columns, "phase"])
    told = f"延期至{_day(until)}"
    _after_many(found.fitting, Arrangement.EXTENDED, f"至{_day(until)}：{reason}", told, by)
    for duty in found.fitting:
        changes = {"due_on": [str(before[duty.pk]), str(until)], "reason": [None, reason]}
        duties.record(duty, "extend", by, changes)
    return found


@action
def resume_many(*, wanted: Mapping[int, int], reason: str, by: Actor) -> Judged:
    """撤销免报 for those of the duties that somebody waived; else as
    `waive_many`."""
    reason, now = _reason(reason), clock.now()
    found = judged("resume", _locked_many(wanted, by), seen=wanted)
    for duty in found.fitting:
        duty.waived_reason, duty.finished_at, duty.phase = "", None, duty.phase_at(now)
    _write_many(found, "resume", ["waived_reason", "finished_at", "phase"])
    _after_many(found.fitting, Arrangement.RESUMED, reason, "撤销免报，仍须办理", by)
    for duty in found.fitting:
        duties.record(duty, "resume", by, {"reason": [None, reason]})
    return found


def _locked_many(wanted: Mapping[int, int], by: Actor) -> list[Duty]:
    rows = locked_duties(list(wanted))
    for duty in rows:
        expect_still(by, Permission.REPORT_REOPEN, duty.organization, duty.as_thing)
        _refuse_own(duty, by)
    if len({duty.plan_id for duty in rows}) > 1:
        raise ValueError("arranged together is what one plan asks for")
    return rows


def _write_many(found: Judged, act: str, columns: Collection[str]) -> None:
    if not found.fitting:
        why = "；".join(
            f"{len(rows)} 个{LEFT_OUT[key]}" for key, rows in sorted(found.left.items())
        )
        said = f"所选的都不能这样办理：{why}。" if why else "没有选中可以办理的组织。"
        raise DomainError(f"{said}没有改动。", code="nothing_to_do")
    back = act == "resume"
    moves = {
        duty: "resume_mending" if back and duty.submitted_at is not None else act
        for duty in found.fitting
    }
    Duty.machine.write(moves, columns)


def _after_many(rows: Collection[Duty], kind: Arrangement, text: str, told: str, by: Actor) -> None:
    states.tell_many([DutyStep(duty=duty, kind=kind, text=text) for duty in rows], by=by)
    duties.count_above(*rows)
    duties.tell_writers_of_many(
        rows, by=by, key="arranged", title=lambda duty: f"{duty.title}：{told}", text=text
    )


# --- private --------------------------------------------------------------------------------------


def _locked(duty_id: int, by: Actor) -> Duty:
    duty = locked_duty(duty_id)
    expect_still(by, Permission.REPORT_REOPEN, duty.organization, duty.as_thing)
    _refuse_own(duty, by)
    return duty


def _refuse_own(duty: Duty, by: Actor) -> None:
    if duty.organization_id == by.organization_id:
        raise NotAllowed("本级的事项由上级办理免报、延期和重新开放。", code="own_duty")


def _refuse_day(until: dt.date, *, after: dt.date) -> None:
    if not after < until <= clock.today() + dt.timedelta(days=FARTHEST):
        raise DomainError(f"新的截止日应在{after:%Y年%-m月%-d日}之后、一年以内。", field="until")


def _until(duty: Duty, until: dt.date, when: Moments) -> dict[str, Any]:
    """What changes with a later day: of what came back its own day, else the deadline."""
    if duty.state == DutyState.RETURNED:
        return {"mend_by": until, "mend_at": end_of(until)}
    return {
        "due_on": when.due_on,
        "due_at": when.due_at,
        "late_after": when.late_after,
        "locks_at": when.locks_at,
        "extended_from": duty.extended_from or duty.due_on,
    }


def _approved_by(text: str) -> str:
    approved_by = clean(text)
    if not 2 <= len(approved_by) <= 60:
        raise DomainError("请写明批准人或批准的文件，60 字以内。", field="approved_by")
    return approved_by


def _waived_reason(reason: str) -> str:
    return f"免报：{reason}"[:200]


def _approved(reason: str, approved_by: str) -> str:
    return f"{reason}（批准：{approved_by}）"


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

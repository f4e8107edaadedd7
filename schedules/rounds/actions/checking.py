"""Before a report is judged: somebody begins to check it, or its sender takes it back; and what was
opened is accepted together."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from core import audit, clock, states
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from orgs.access import expect_still
from orgs.permissions import Permission

from ..enums import DutyState, ItemKind, ItemState, StepKind
from ..models import Duty, DutyStep, Report, ReportItem, ReportStep, ReportVersion
from ..planned import sent_text
from ..queries.duties import locked_duty
from . import duties
from .reports import CHECKED, _level_of, _locked, _step_of, refuse_accepted_above

NOT_BEGUN: dict[str, Any] = {
    "check_begun_at": None,
    "check_begun_by_id": None,
    "check_begun_by_name": "",
}


@action
def begin(*, duty: Duty, by: Actor) -> Duty:
    """The checker has opened it to check: from now on its sender cannot take it back. Whoever comes
    second, or when it no longer waits, changes nothing."""
    duty = locked_duty(duty.pk)
    expect_still(by, Permission.REPORT_CHECK, duty.organization, duty.as_thing)
    if duty.state != DutyState.SUBMITTED or duty.check_begun_at is not None:
        return duty
    Duty.machine.move(
        duty,
        "begin",
        revision=duty.revision,
        where=Q(check_begun_at=None),
        check_begun_at=clock.now(),
        check_begun_by_id=by.user_id,
        check_begun_by_name=by.name,
    )
    duties.record(duty, "begin", by)
    return duty


def _refuse_begun(duty: Duty) -> None:
    if duty.check_begun_at is not None:
        raise Conflict(
            f"{duty.check_begun_by_name}已开始核报，不能撤回。要修改的，请对方退回相应项目。",
            code="begun",
        )
    if duty.mend_by is None and duty.locks_at is not None and clock.now() > duty.locks_at:
        raise DomainError("已过锁定日期，撤回后不能再报。要修改的，请上级退回。", code="locked")


def _take_back(duty: Duty) -> None:
    """Back to where it was before it was sent: never sent, or still to be mended."""
    first = duty.mend_by is None
    changes: dict[str, Any] = {"finished_at": None, **NOT_BEGUN}
    if first:
        changes |= {"submitted_at": None, "sent_at": None}
    Duty.machine.move(
        duty, "withdraw" if first else "withdraw_mended", revision=duty.revision, **changes
    )
    duties.count_above(duty)


@action
def withdraw(*, report: Report, revision: int, by: Actor) -> Report:
    """撤回: the sender takes the report back as long as nobody has begun to check it; it is a draft
    again, or what came back is open again. Raises Conflict when somebody has begun or it has moved
    on, DomainError past the lock and while the report above is accepted."""
    report = _locked(report.pk)
    Report.machine.expect(report, "withdraw", revision)
    refuse_accepted_above(report)
    duty = locked_duty(report.duty_id)
    _refuse_begun(duty)
    first = duty.mend_by is None
    act = "withdraw" if first else "withdraw_mended"
    changes: dict[str, Any] = {"submitted_at": None} if first else {}
    Report.machine.move(report, act, revision=revision, **changes)
    back = [item for item in report.items.all() if item.state == ItemState.SUBMITTED]
    newest, before = [*report.versions.filter(is_submission=True)[:2], None, None][:2]
    specs = {spec["key"]: spec for spec in report.definition.items}
    sent = before.values if before is not None and not first else {}
    for item in back:
        value = sent.get(item.key, {})
        outcomes = report.outcomes if value else []
        asked = (item.key, item.kind)
        item.sent_text = sent_text(asked, value, specs.get(item.key), outcomes)
        if item.kind == ItemKind.FIGURES:
            item.value = {}
    ReportItem.machine.write(dict.fromkeys(back, act), ["value", "sent_text"])
    if newest is not None:  # what was taken back was not sent: superiors read what was before
        ReportVersion.objects.filter(pk=newest.pk).update(is_submission=False)
    _take_back(duty)
    _step_of(report, StepKind.WITHDRAWN, by, items=len(back))
    audit.record(
        by=by,
        verb="schedules.report.withdraw",
        obj=report,
        organization_id=report.organization_id,
        organization_path=report.organization.path,
    )
    return report


@action
def withdraw_record(*, duty: Duty, by: Actor) -> Duty:
    """撤回 of what was written down and handed in, as long as nobody has begun to check it. Raises
    Conflict otherwise."""
    duty = locked_duty(duty.pk)
    Duty.machine.expect(duty, "withdraw")
    _refuse_begun(duty)
    _take_back(duty)
    states.tell(DutyStep(duty=duty, kind=StepKind.WITHDRAWN), by=by)
    duties.record(duty, "withdraw", by)
    return duty


@action
def accept_opened(*, wanted: Mapping[int, int], by: Actor) -> list[Report]:
    """Accepts together the reports (id -> revision that the person saw) that he has opened to check
    and that still wait for him; returns those. Whatever has moved on, or was sent by himself, is
    left as it is. A fixed number of queries for any number.
    """
    now = clock.now()
    rows = list(
        Report.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted, duty__check_begun_by_id__in=by.persons)
        .select_related("organization", "duty__plan", "duty__organization")
        .order_by("pk")
    )
    chosen = [
        one
        for one in rows
        if Report.machine.may(one, "accept")
        and one.revision == wanted[one.pk]
        and one.submitted_by_id not in by.persons
    ]
    for report in chosen:
        expect_still(by, Permission.REPORT_CHECK, report.organization, report.duty.as_thing)
        report.checked_by_path, report.checked_by_id = _level_of(report, by), by.user_id
    items = list(
        ReportItem.objects.select_for_update(of=("self",)).filter(
            report__in=chosen, state=ItemState.SUBMITTED
        )
    )
    counts: dict[int, int] = defaultdict(int)
    for item in items:
        counts[item.report_id] += 1
        item.return_reason, item.reply = "", ""
        item.checked_by_name, item.checked_at = by.name, now
    ReportItem.machine.write(dict.fromkeys(items, "accept"), CHECKED)
    Report.machine.write(dict.fromkeys(chosen, "accept"), ["checked_by_path", "checked_by_id"])
    accepted = {report.duty: "accept" for report in chosen}
    for duty in accepted:
        duty.finished_at = now
    Duty.machine.write(accepted, ["finished_at"])
    states.tell_many(
        [
            ReportStep(report=report, kind=StepKind.ACCEPTED, item_count=counts[report.pk])
            for report in chosen
        ],
        by=by,
    )
    duties.count_above(*accepted)
    for report in chosen:
        audit.record(
            by=by,
            verb="schedules.report.accept",
            obj=report,
            organization_id=report.organization_id,
            organization_path=report.organization.path,
            changes={"accepted": [None, counts[report.pk]]},
        )
    return chosen

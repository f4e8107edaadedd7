"""Which report a person may see, and what he may do with it."""

import uuid
from dataclasses import dataclass

from django.http import Http404

from core import clock
from core.actor import Actor
from orgs.models import Organization
from orgs.permissions import Permission

from . import fulfilment
from .enums import DutyState, ReportState
from .models import Duty, DutyRecord, Report, ReportAttachment, ReportItem
from .queries.reports import accepted_above_report, report_with_items


@dataclass(frozen=True, slots=True)
class Rights:
    """What the actor may do with one report now. `still_under` is the organisation above whose
    report is accepted, so that what was sent for it stands still."""

    is_own: bool
    may_edit: bool
    may_send: bool
    may_check: bool
    may_confirm: bool
    may_reopen: bool
    may_withdraw: bool
    still_under: Organization | None


def get_report(actor: Actor, pk: int, permission: Permission = Permission.REPORT_VIEW) -> Report:
    """The report `pk` with all that its page shows. Raises Http404 outside the actor's scope."""
    if not actor.may(permission):
        raise Http404
    report = report_with_items(Report.objects.visible_to(actor, permission)).filter(pk=pk).first()
    if report is None:
        raise Http404
    return report


def get_own_report(actor: Actor, pk: int, permission: Permission) -> Report:
    """The report `pk` of the organisation acted for, with its items, for something to be done with
    it. Raises Http404 for any other."""
    if not actor.may(permission):
        raise Http404
    mine = Report.objects.visible_to(actor, permission).filter(
        organization=actor.organization_id or 0
    )
    report = report_with_items(mine, whole=False).filter(pk=pk).first()
    if report is None:
        raise Http404
    return report


def get_report_below(actor: Actor, pk: int, permission: Permission) -> Report:
    """The report `pk` of another organisation in the scope. Raises Http404 for one's own."""
    report = get_report(actor, pk, permission)
    if report.organization_id == actor.organization_id:
        raise Http404
    return report


def may_see_files(actor: Actor, report: Report) -> bool:
    """Whether the report's files are the actor's to see: its writers', and once it has been sent
    those of everybody who sees the report."""
    return report.organization_id == actor.organization_id or report.submitted_at is not None


def get_attachment(
    actor: Actor, uid: uuid.UUID, permission: Permission = Permission.REPORT_VIEW
) -> ReportAttachment:
    """The file `uid` with its report. Raises Http404 where the actor may not see it."""
    if not actor.may(permission):
        raise Http404
    row = (
        ReportAttachment.objects.filter(
            uid=uid, report__in=Report.objects.visible_to(actor, permission)
        )
        .select_related("report__organization", "report__duty__plan")
        .first()
    )
    if row is None or not may_see_files(actor, row.report):
        raise Http404
    return row


def get_report_to_edit(actor: Actor, pk: int) -> Report:
    """The report `pk` while its texts and files are the actor's to change. Raises Http404."""
    report = get_report(actor, pk, Permission.REPORT_DRAFT)
    if not rights(actor, report).may_edit:
        raise Http404
    return report


def get_attachment_to_edit(actor: Actor, uid: uuid.UUID) -> ReportAttachment:
    """The file `uid` while it is the actor's to take away. Raises Http404."""
    row = get_attachment(actor, uid, Permission.REPORT_DRAFT)
    if not rights(actor, row.report).may_edit:
        raise Http404
    return row


def get_item_to_mark(actor: Actor, pk: int) -> ReportItem:
    """The item `pk` of a report of an organisation below the actor's committee, for it to be marked
    or answered. Raises Http404 for any other, and for what was never sent."""
    if not actor.may(Permission.REPORT_MARK):
        raise Http404
    reports = Report.objects.visible_to(actor, Permission.REPORT_MARK).exclude(
        organization=actor.organization_id or 0
    )
    item = (
        ReportItem.objects.filter(pk=pk, report__in=reports, report__submitted_at__isnull=False)
        .select_related("report__organization", "report__duty__plan", "report__definition")
        .first()
    )
    if item is None:
        raise Http404
    return item


def rights(actor: Actor, report: Report) -> Rights:
    """One query: whether the report above is accepted already."""
    still_under = accepted_above_report(report)
    own = actor.organization_id == report.organization_id
    open_now = Report.machine.may(report, "save") and not report.duty.is_locked(clock.now())
    open_now = open_now and report.duty.state != DutyState.WAIVED
    path, about = report.organization.path, report.duty.as_thing
    second = (
        report.duty.needs_second_look
        and report.state == ReportState.ACCEPTED
        and len(actor.organization_path) < len(report.checked_by_path)
        and not report.is_work_of(actor.persons)
    )
    accepted = report.state in (ReportState.ACCEPTED, ReportState.CONFIRMED)
    return Rights(
        is_own=own,
        may_edit=own and open_now and actor.may(Permission.REPORT_DRAFT),
        may_send=own and open_now and actor.may(Permission.REPORT_SEND),
        may_check=not own
        and report.state == ReportState.SUBMITTED
        and actor.may_at(Permission.REPORT_CHECK, path, about=about)
        and report.submitted_by_id not in actor.persons,
        may_confirm=not own
        and second
        and actor.may_at(Permission.REPORT_CONFIRM, path, about=about),
        may_reopen=not own
        and accepted
        and still_under is None
        and actor.may_at(Permission.REPORT_REOPEN, path, about=about),
        may_withdraw=own
        and report.state == ReportState.SUBMITTED
        and report.duty.check_begun_at is None
        and still_under is None
        and actor.may(Permission.REPORT_SEND),
        still_under=still_under,
    )


# --- duties that are written down on their own page -----------------------------------------


def get_duty(actor: Actor, pk: int, permission: Permission = Permission.REPORT_VIEW) -> Duty:
    """The duty `pk` with all that its page shows. Raises Http404 outside the actor's scope."""
    if not actor.may(permission):
        raise Http404
    duty = (
        Duty.objects.visible_to(actor, permission)
        .select_related("organization__parent", *fulfilment.joins())
        .filter(pk=pk)
        .first()
    )
    if duty is None:
        raise Http404
    return duty


def get_own_duty(actor: Actor, pk: int) -> Duty:
    """The duty, for whoever writes down what his organisation did. Raises Http404 for everybody
    else, and for one that is fulfilled elsewhere."""
    duty = get_duty(actor, pk, Permission.REPORT_DRAFT)
    if not actor.owns(duty.organization.path) or not _is_written_here(duty):
        raise Http404
    return duty


def get_duty_of_others(actor: Actor, pk: int) -> Duty:
    """The duty of another organisation, of whatever kind, for whoever checks what that hands in.
    Raises Http404 for everybody else."""
    duty = get_duty(actor, pk, Permission.REPORT_CHECK)
    if duty.organization_id == actor.organization_id:
        raise Http404
    return duty


def get_duty_to_arrange(actor: Actor, pk: int) -> Duty:
    """The duty of another organisation, for whoever may waive it, put it off or open it again.
    Raises Http404 for everybody else."""
    duty = get_duty(actor, pk, Permission.REPORT_REOPEN)
    if duty.organization_id == actor.organization_id:
        raise Http404
    return duty


def may_arrange(actor: Actor, duty: Duty) -> bool:
    """Whether the actor may waive the duty, put it off or open it again."""
    own = duty.organization_id == actor.organization_id
    path, about = duty.organization.path, duty.as_thing
    return not own and actor.may_at(Permission.REPORT_REOPEN, path, about=about)


def get_duty_below(actor: Actor, pk: int) -> Duty:
    """The duty, for whoever checks it from above on its own page. Raises Http404 for everybody
    else."""
    duty = get_duty_of_others(actor, pk)
    if not _is_written_here(duty):
        raise Http404
    return duty


def get_own_record(actor: Actor, pk: int, record: int) -> DutyRecord:
    """An entry of one's own duty. Raises Http404 as `get_own_duty`, and where there is none."""
    duty = get_own_duty(actor, pk)
    row = DutyRecord.objects.filter(pk=record, duty=duty, removed_at=None).first()
    if row is None:
        raise Http404
    return row


def _is_written_here(duty: Duty) -> bool:
    return fulfilment.of(duty.plan).is_recorded_here

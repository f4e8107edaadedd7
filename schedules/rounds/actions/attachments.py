"""Files of a monthly report."""

from core import attachments, audit
from core.actions import action
from core.actor import Actor
from core.errors import Conflict

from ..enums import ItemKind
from ..models import Report, ReportAttachment
from ..queries.reports import EDITABLE_ITEMS


def _open(report: Report) -> None:
    """Locks the report, whose files must still be open: so nothing comes in beside its sending,
    nor beside another upload that would be one too many."""
    Report.objects.select_for_update(of=("self",)).filter(pk=report.pk).first()
    files = report.items.filter(kind=ItemKind.FILES, state__in=EDITABLE_ITEMS)
    if not files.exists():
        raise Conflict("这份报表的附件已报送，现在不能增减。", code="state")


@action
def attach(*, report: Report, file: attachments.Checked, by: Actor) -> ReportAttachment:
    """Adds a checked file to a report whose files are still open. The same file twice is one."""
    _open(report)
    row, is_new = attachments.keep(ReportAttachment, file=file, by=by, report=report)
    if not is_new:
        return row
    audit.record(
        by=by,
        verb="schedules.attachment.add",
        obj=row,
        organization_id=report.organization_id,
        organization_path=report.organization.path,
    )
    return row


@action
def remove(*, attachment: ReportAttachment, by: Actor) -> None:
    """Takes a file away from a report whose files are still open. Idempotent."""
    report = attachment.report
    _open(report)
    if not ReportAttachment.objects.filter(pk=attachment.pk).exists():
        return
    audit.record(
        by=by,
        verb="schedules.attachment.remove",
        obj=attachment,
        organization_id=report.organization_id,
        organization_path=report.organization.path,
    )
    attachments.discard(attachment)

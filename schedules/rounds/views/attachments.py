"""Files of a report: added and removed by its writers, opened by whoever may see the report."""

import uuid
from typing import BinaryIO, cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect

from core import attachments as files
from core.errors import DomainError
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_attachment, get_report, rights
from ..actions import attachments
from ..models import MonthlyReport


def _back(report: MonthlyReport) -> HttpResponse:
    return redirect(f"{report.get_absolute_url()}#item-files")


@needs(P.REPORT_DRAFT, methods=("POST",))
def attachment_add(request: PortalRequest, pk: int) -> HttpResponse:
    """Adds the files chosen; each that is refused is named with its reason."""
    report = get_report(request.actor, pk, P.REPORT_DRAFT)
    if not rights(request.actor, report).may_edit:
        raise Http404
    uploads = request.FILES.getlist("file")
    if not uploads:
        messages.error(request, "请先选择要上传的文件。")
    for upload in uploads[:10]:
        try:
            attachments.attach(
                report=report,
                upload=cast(BinaryIO, upload.file),
                name=upload.name or "",
                by=request.actor,
            )
        except DomainError as error:
            messages.error(request, error.message)
    return _back(report)


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def attachment_open(request: PortalRequest, uid: uuid.UUID) -> FileResponse:
    """The file, if the report it belongs to is the actor's to see and has been sent."""
    return files.serve(get_attachment(request.actor, uid))


@needs(P.REPORT_DRAFT, methods=("POST",))
def attachment_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a file away while the report is open."""
    row = get_attachment(request.actor, uid, P.REPORT_DRAFT)
    if not rights(request.actor, row.report).may_edit:
        raise Http404
    attachments.remove(attachment=row, by=request.actor)
    return _back(row.report)

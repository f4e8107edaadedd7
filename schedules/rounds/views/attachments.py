"""Files of a report: added and removed by its writers, opened by whoever may see the report."""

import uuid

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import acts, uploads
from core import attachments as files
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_attachment, get_attachment_to_edit, get_report_to_edit
from ..actions import attachments
from ..models import ReportAttachment


def _back(report_id: int) -> HttpResponse:
    return redirect(f"{reverse('schedules:report-detail', args=[report_id])}#item-files")


@needs(P.REPORT_DRAFT, methods=("POST",))
def attachment_add(request: PortalRequest, pk: int) -> HttpResponse:
    """Adds the files chosen; each is an act of its own, and what is refused is named with its
    reason."""
    get_report_to_edit(request.actor, pk)  # whose files nobody may add, none is read
    uploads.take(
        request,
        lambda file: acts.carry_out(
            lambda: get_report_to_edit(request.actor, pk),
            lambda report: file,
            lambda report, file: attachments.attach(report=report, file=file, by=request.actor),
        ),
    )
    return _back(pk)


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def attachment_open(request: PortalRequest, uid: uuid.UUID) -> FileResponse:
    """The file, if the report it belongs to is the actor's to see and has been sent."""
    return files.serve(get_attachment(request.actor, uid))


def _page_of_file(uid: uuid.UUID) -> str:
    found = ReportAttachment.objects.filter(uid=uid).values_list("report_id", flat=True).first()
    return reverse("schedules:report-detail", args=[found]) if found else "/"


@needs(P.REPORT_DRAFT, methods=("POST",), page=_page_of_file)
def attachment_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a file away while the report is open."""
    return acts.press(
        request,
        load=lambda: get_attachment_to_edit(request.actor, uid),
        act=lambda row: attachments.remove(attachment=row, by=request.actor),
        done=lambda row, nothing: _back(row.report_id),
    )

"""Files made for one request: written, audited, then sent."""

import tempfile
from collections.abc import Callable
from typing import BinaryIO

from django.http import FileResponse

from core import audit, clock
from core.http import PortalRequest
from core.templatetags.words import datetime_zh
from orgs.models import Organization

from ..exports import file_name

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def stamp(request: PortalRequest) -> str:
    """Who exported when, and the number under which the audit trail has it."""
    return f"{request.actor.name} {datetime_zh(clock.now())} 导出 编号 {request.request_id}"


def download(
    request: PortalRequest,
    *,
    name: tuple[str, ...],
    ending: str,
    organization: Organization,
    write: Callable[[BinaryIO], object],
) -> FileResponse:
    """The file that `write` writes, audited before a byte of it leaves.

    `name` are the parts of the file's name; the header encodes it by RFC 6266.
    """
    target = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the response)
    try:
        write(target)
        audit.record_now(
            by=request.actor,
            verb="schedules.report.export",
            object_type="schedules.monthlyreport",
            object_id=f"export:{request.request_id}",
            label="-".join(name),
            organization_id=organization.pk,
            organization_path=organization.path,
            changes={"format": [None, ending]},
        )
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return FileResponse(
        target,
        as_attachment=True,
        filename=file_name(*name, ending=ending),
        content_type=XLSX if ending == "xlsx" else DOCX,
    )

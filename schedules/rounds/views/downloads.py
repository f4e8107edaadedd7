"""Reports as files: the one download of core, with what the audit trail says of a report's."""

from collections.abc import Callable
from typing import BinaryIO

from django.http import FileResponse

from core import downloads
from core.downloads import stamp
from core.http import PortalRequest
from orgs.models import Organization

from ..models import Report

__all__ = ["download", "stamp"]


def download(
    request: PortalRequest,
    *,
    name: tuple[str, ...],
    ending: str,
    organization: Organization,
    write: Callable[[BinaryIO], object],
) -> FileResponse:
    """The file that `write` writes about the organisation, audited before a byte of it leaves."""
    return downloads.download(
        request,
        name=name,
        ending=ending,
        write=write,
        verb="schedules.report.export",
        entry=lambda written: {
            "object_type": Report._meta.label_lower,
            "organization_id": organization.pk,
            "organization_path": organization.path,
            "changes": {"format": [None, ending]},
        },
    )

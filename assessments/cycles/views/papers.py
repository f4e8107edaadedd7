"""A paper about one of the assessed as a file, written down in the trail."""

from typing import Any

from django.db import models
from django.http import FileResponse

from core.documents import Document
from core.documents.writers import WRITERS
from core.downloads import download
from core.http import PortalRequest

from ..models import Assessed


def exported(
    assessed: Assessed, ending: str, *, about: models.Model | None = None
) -> dict[str, Any]:
    """What the trail is told of such a file: at the place of the assessed, of `about` where that is
    another row than the assessed."""
    obj = about or assessed
    return {
        "object_type": obj._meta.label_lower,
        "object_id": obj.pk,
        "organization_id": assessed.organization_id,
        "organization_path": assessed.path,
        "changes": {"format": [None, ending]},
    }


def send_paper(
    request: PortalRequest,
    assessed: Assessed,
    made: Document,
    *,
    name: tuple[str, ...],
    ending: str,
    verb: str,
    about: models.Model | None = None,
) -> FileResponse:
    """The document as Word (`docx`) or PDF; `name`, `ending` and `verb` as `download` takes them."""
    return download(
        request,
        name=name,
        ending=ending,
        write=lambda target: WRITERS[ending].write(target, made),
        verb=verb,
        entry=lambda written: exported(assessed, ending, about=about),
    )

"""Documents that were made behind: each person's own, how far they are, and the files."""

import io
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ..documents import making
from ..guards import signed_in
from ..http import PortalRequest, is_fragment
from ..models import MadeDocument
from ..paging import Pager


def _mine(request: PortalRequest, uid: UUID) -> MadeDocument:
    """The person's own document. One query; Http404 for everybody else's."""
    row = MadeDocument.objects.filter(uid=uid, asked_by_id=request.actor.user_id or 0).first()
    if row is None:
        raise Http404
    return row


@signed_in("GET", "HEAD")
def document_list(request: PortalRequest) -> HttpResponse:
    """The person's documents, newest first."""
    rows = MadeDocument.objects.filter(asked_by_id=request.actor.user_id or 0).order_by(
        "-asked_at", "-pk"
    )
    page = Pager(rows, 20).get_page(request.GET.get("page"))
    return render(request, "core/document_list.html", {"page": page})


@signed_in("GET", "HEAD")
def document_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """How far the document is; when it is ready, the way to its file. Asked by htmx while it is
    being made, the bar alone; without a script the page is loaded again."""
    row = _mine(request, uid)
    is_moving = row.state in making.UNFINISHED
    context = {
        "document": row,
        "is_moving": is_moving,
        "poll_url": reverse("core:document-detail", args=[uid]),
        "password_url": making.password_page(row),
    }
    if is_fragment(request):
        if is_moving:
            return render(request, "core/document_progress.html", context)
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "core/document_detail.html", context)


@signed_in("GET")
def document_file(request: PortalRequest, uid: UUID) -> FileResponse:
    """The file, for whoever asked for it, while the role he asked in still reaches it."""
    row = _mine(request, uid)
    content = making.content_of(row, by=request.actor)
    return FileResponse(
        io.BytesIO(content),
        as_attachment=True,
        filename=row.file_name,
        content_type=row.content_type,
    )

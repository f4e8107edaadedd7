"""Photographs and papers of a record of organisation life: added, opened, taken away."""

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import acts, uploads
from core import attachments as files
from core.guards import needs
from core.http import PortalRequest, is_by_script
from orgs.permissions import Permission as P

from ..access import get_file, get_file_to_remove, get_own_record
from ..actions import files as acting
from ..models import LifeFile

READ, POST = ("GET", "HEAD"), ("POST",)


@needs(P.LIFE_RECORD, methods=POST)
def file_add(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Adds the files chosen, each an act of its own; what is refused is named with its reason. The
    page's script sends each by itself, again until it has an answer."""
    get_own_record(request.actor, uid)  # whose files nobody may add, none is read
    by_script = is_by_script(request)
    sent_as = uploads.sent_as(request) if by_script else None

    def add(file: files.Checked) -> object:
        return acts.carry_out(
            lambda: get_own_record(request.actor, uid),
            lambda record: file,
            lambda record, file: acting.attach(
                meeting=record, file=file, by=request.actor, uid=sent_as
            ),
        )

    if by_script:
        return uploads.answer(request, add)
    uploads.take(request, add, none="请先选择要上传的照片。")
    return _at_files(uid)


@needs(P.LIFE_VIEW, methods=READ)
def file_open(request: PortalRequest, uid: UUID) -> FileResponse:
    """The file, if the record that it belongs to is the actor's to read."""
    return files.serve(get_file(request.actor, uid))


def _page_of_file(uid: UUID) -> str:
    found = LifeFile.objects.filter(uid=uid).values_list("record_uid", flat=True).first()
    return reverse("life:meeting-detail", args=[found]) if found else "/"


@needs(P.LIFE_RECORD, methods=POST, page=_page_of_file)
def file_remove(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Takes a file away, until the level above has looked at the record."""
    return acts.press(
        request,
        load=lambda: get_file_to_remove(request.actor, uid),
        act=lambda pair: acting.detach(attachment=pair[0], meeting=pair[1], by=request.actor),
        done=lambda pair, nothing: _at_files(pair[1].uid),
    )


def file_rows(rows: list[LifeFile], *, may_remove: bool) -> list[dict[str, object]]:
    """The files of a record, as the component `file_list` shows them."""
    removes = "life:meeting-file-remove" if may_remove else ""
    return [
        uploads.listed(
            row,
            opens="life:meeting-file-open",
            removes=removes,
            by=uploads.name_of_sender(row),
        )
        for row in rows
    ]


def _at_files(uid: UUID) -> HttpResponse:
    return redirect(f"{reverse('life:meeting-detail', args=[uid])}#files")

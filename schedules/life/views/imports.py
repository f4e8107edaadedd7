"""The branch's own ledger brought in: uploaded or pasted, shown, and written when it is confirmed."""

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect

from core import acts, import_files, importing
from core.downloads import download
from core.errors import DomainError
from core.guards import needs
from core.http import PortalRequest
from core.views.imports import ImportPages
from orgs.permissions import Permission as P

from ..access import get_ledger_place
from ..exports.templates import TITLE, write_ledger_template
from ..forms.pasting import PasteForm, workbook_of
from ..ledgers import has_several
from ..models import LedgerImport

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")

# Each sees his own uploads, in the role they were made in: they name people.
PAGES = ImportPages(
    LedgerImport,
    label="三会一课台账（.xlsx）",
    home="life:import",
    upload_template="life/import.html",
    detail_template="life/import_detail.html",
    visible=lambda rows, request: rows.filter(
        uploaded_by_id=request.actor.user_id, grant_id=request.actor.grant_id or 0
    ),
)


@needs(P.LIFE_RECORD, methods=FORM)
def import_upload(request: PortalRequest) -> HttpResponse:
    """Takes a workbook, and lists earlier ones."""
    return PAGES.upload(request)


@needs(P.LIFE_RECORD, methods=READ)
def import_template(request: PortalRequest) -> FileResponse:
    """The workbook to be filled in, as the actor's organisation needs it."""
    place = get_ledger_place(request.actor, None)
    return download(
        request,
        name=(f"{TITLE}模板",),
        ending="xlsx",
        write=lambda target: write_ledger_template(target, has_several=has_several(place)),
        verb="life.import.template",
    )


@needs(P.LIFE_RECORD, methods=FORM)
def import_paste(request: PortalRequest) -> HttpResponse:
    """Takes what was copied out of a spreadsheet; from there on it is an upload like others."""
    found = _checked(request)
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: PasteForm(acts.typed(request)),
        act=lambda attempt: importing.receive(
            model=LedgerImport, workbook=import_files.passed(found), by=request.actor
        ),
        done=lambda attempt, batch: redirect("life:import-detail", uid=batch.uid),
        show=lambda attempt: attempt.page("life/import_paste.html"),
    )


@needs(P.LIFE_RECORD, methods=READ)
def import_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """One batch: how far it is, what it would add, what it added."""
    return PAGES.detail(request, uid)


@needs(P.LIFE_RECORD, methods=POST)
def import_confirm(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Has the records written in the background."""
    return PAGES.confirm(request, uid)


@needs(P.LIFE_RECORD, methods=POST)
def import_cancel(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Gives the batch up and deletes its file."""
    return PAGES.cancel(request, uid)


@needs(P.LIFE_RECORD, methods=POST)
def import_marked(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Has the uploaded workbook made again behind, its bad cells marked."""
    return PAGES.marked(request, uid)


# --- private -----------------------------------------------------------------------------------


def _checked(request: PortalRequest) -> import_files.Workbook | DomainError:
    """What was pasted as a workbook, through the gate before the transaction of the act; what is
    wrong with it is raised there, where the form is."""
    form = PasteForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return DomainError("请粘贴表格内容，连表头一起。", field="cells", code="required")
    try:
        return import_files.check(workbook_of(form.cleaned_data["cells"]))
    except DomainError as error:
        error.field = "cells"
        return error

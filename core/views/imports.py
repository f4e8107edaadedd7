"""The pages of an import: upload, progress, preview, confirmation, the marked original.

An app has one `ImportPages` and, for each page, a view of three lines with its access marker.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from .. import acts, import_files, importing, marked_sheets
from ..errors import DomainError
from ..http import PortalRequest, is_fragment
from ..models import ImportBatch
from .pasting import PasteForm, workbook_of

KEPT_IN_LIST = 30
MAX_NAME = 200
CHANGES = 200  # on one page


class WorkbookForm(forms.Form):
    """A workbook."""

    file = forms.FileField(
        max_length=MAX_NAME,
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请检查后重新上传。"},
    )

    def __init__(self, *args: Any, label: str, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label, self.fields["file"].help_text = label, help_text


def _to(batch: Any) -> HttpResponse:
    return redirect(batch)  # the app's model has the address


Subject = TypeVar("Subject")


def _checked(request: PortalRequest) -> import_files.Workbook | DomainError:
    """What was sent, read before the transaction of the act; what is wrong with it is raised there,
    where the form is."""
    upload = request.FILES.get("file") if request.method == "POST" else None
    if upload is None or not upload.size or len(upload.name or "") > MAX_NAME:
        return DomainError("请选择文件。", field="file", code="required")  # the form says more
    return import_files.check_or_refusal(upload)


def _pasted(request: PortalRequest, name: str) -> import_files.Workbook | DomainError:
    """The same of what was pasted, as a workbook of that name."""
    form = PasteForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return DomainError("请粘贴表格内容，连表头一起。", field="cells", code="required")
    try:
        return import_files.check(workbook_of(form.cleaned_data["cells"], name))
    except DomainError as error:
        error.field = "cells"
        return error


@dataclass(frozen=True, slots=True)
class ImportPages:
    """What is the app's own: its batches, what the upload asks for, its templates.

    `home` is the address of the list of uploads, `visible` narrows them to those whose pages the
    actor may see. The templates include `core/import_*.html`. Where an upload is for something
    (`load` of `upload` and `paste`), `about` gives the fields of the batch that say for what, and
    `home_of` the address of the list for a batch.
    """

    model: type[ImportBatch]
    label: str
    home: str
    upload_template: str
    detail_template: str
    visible: Callable[[QuerySet[Any], PortalRequest], QuerySet[Any]] = lambda rows, request: rows
    help_text: str = ""
    about: Callable[[Any], Mapping[str, Any]] = lambda subject: {}
    pasted_name: str = "粘贴的表格.xlsx"
    home_of: Callable[[Any], str] | None = None
    upload_context: Callable[[], Mapping[str, Any]] = dict

    def _rows(self, request: PortalRequest) -> QuerySet[Any]:
        rows = self.model._default_manager.select_related("uploaded_by")
        return self.visible(rows, request)

    def _batch(self, request: PortalRequest, uid: UUID) -> ImportBatch:
        batch: ImportBatch | None = self._rows(request).filter(uid=uid).first()
        if batch is None:
            raise Http404
        return batch

    def batches(self, request: PortalRequest, subject: Any = None) -> QuerySet[Any]:
        """The uploads to list, newest first. One query."""
        rows = self._rows(request).filter(**self.about(subject))
        return rows.defer("errors", "preview", "notes")[:KEPT_IN_LIST]

    def upload(
        self, request: PortalRequest, load: Callable[[], Subject] | None = None
    ) -> HttpResponse:
        """Takes a workbook and has it read in the background; earlier ones beside it."""
        found = _checked(request)
        return acts.perform(
            request,
            load=load or cast(Callable[[], Subject], acts.no_subject),
            form=lambda nothing: WorkbookForm(
                acts.typed(request),
                request.FILES or None,
                label=self.label,
                help_text=self.help_text,
            ),
            act=lambda attempt: self._receive(request, found, attempt.subject),
            done=lambda attempt, batch: _to(batch),
            show=lambda attempt: attempt.page(
                self.upload_template,
                batches=self.batches(request, attempt.subject),
                subject=attempt.subject,
                **self.upload_context(),
            ),
        )

    def paste(
        self, request: PortalRequest, template: str, load: Callable[[], Subject] | None = None
    ) -> HttpResponse:
        """Takes what was copied out of a spreadsheet; from there on it is an upload like others."""
        found = _pasted(request, self.pasted_name)
        return acts.perform(
            request,
            load=load or cast(Callable[[], Subject], acts.no_subject),
            form=lambda nothing: PasteForm(acts.typed(request)),
            act=lambda attempt: self._receive(request, found, attempt.subject),
            done=lambda attempt, batch: _to(batch),
            show=lambda attempt: attempt.page(template, subject=attempt.subject),
        )

    def _receive(
        self, request: PortalRequest, found: import_files.Workbook | DomainError, subject: Any
    ) -> ImportBatch:
        return importing.receive(
            model=self.model,
            workbook=import_files.passed(found),
            by=request.actor,
            about=self.about(subject),
        )

    def detail(self, request: PortalRequest, uid: UUID) -> HttpResponse:
        """How far it is, what it would change, or what it changed."""
        batch = self._batch(request, uid)
        page = importing.page(batch)
        changes = Paginator(page.changes, CHANGES).get_page(request.GET.get("page"))
        context = {"page": page, "batch": batch, "changes": changes, "poll_url": request.path}
        if not is_fragment(request):
            return render(request, self.detail_template, context)
        if page.is_moving:
            return render(request, "core/import_progress.html", context)
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})

    def confirm(self, request: PortalRequest, uid: UUID) -> HttpResponse:
        """Has the rows written in the background."""
        return acts.press(
            request,
            load=lambda: self._batch(request, uid),
            act=lambda batch: importing.confirm(
                batch=batch, by=request.actor, knows_older="knows_older" in request.POST
            ),
            done=lambda batch, nothing: _to(batch),
        )

    def cancel(self, request: PortalRequest, uid: UUID) -> HttpResponse:
        """Gives the upload up and deletes its file."""
        return acts.press(
            request,
            load=lambda: self._batch(request, uid),
            act=lambda batch: importing.cancel(batch=batch, by=request.actor),
            done=lambda batch, nothing: acts.said(
                request,
                f"已放弃导入 {batch.file_name}。",
                self.home_of(batch) if self.home_of else self.home,
            ),
        )

    def marked(self, request: PortalRequest, uid: UUID) -> HttpResponse:
        """Has the uploaded workbook made again behind, its bad cells marked."""
        return acts.press(
            request,
            load=lambda: self._batch(request, uid),
            act=lambda batch: marked_sheets.ask(batch=batch, by=request.actor),
            done=lambda batch, document: redirect("core:document-detail", uid=document.uid),
        )

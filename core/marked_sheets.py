"""An uploaded workbook again, with its bad cells marked: made behind, in a process of its own."""

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from django.http import Http404

from . import import_files
from .actor import Actor
from .documents import making
from .documents.description import Progress
from .downloads import file_name
from .importing import KEPT, Importer, importer_of
from .models import ImportBatch, MadeDocument
from .tabular import marking

Reach = Callable[[ImportBatch, Actor], bool]
"""Whether the actor may see the page of a batch."""


def register(importer: Importer[Any], *, reach: Reach) -> None:
    """Has marked sheets made for batches of `importer`, for those who `reach` them. The audit trail
    calls fetching one `<app>.import.marked`."""

    def found(what: Mapping[str, Any], actor: Actor) -> ImportBatch:
        batch = importer.model._default_manager.filter(uid=what["batch"]).first()
        if batch is None or not reach(batch, actor):
            raise Http404
        return batch

    def check(what: Mapping[str, Any], actor: Actor) -> None:
        found(what, actor)

    def make(target: BinaryIO, what: Mapping[str, Any], actor: Actor, progress: Progress) -> None:
        target.write(_marked(importer, found(what, actor), actor, progress))

    app = importer.model._meta.app_label
    maker = making.Maker(importer.actor, check, make, verb=f"{app}.import.marked", kept=KEPT)
    making.register(f"{app}.marked_sheet", maker)


def ask(*, batch: ImportBatch, by: Actor) -> MadeDocument:
    """Has the marked sheet of a batch made behind, by `making.ask`. Raises DomainError also when
    the upload has been deleted."""
    if not import_files.has_source(batch):
        raise import_files.gone()
    stem = batch.file_name.rpartition(".")[0]
    wanted = making.Wanted(
        f"{importer_of(batch).model._meta.app_label}.marked_sheet",
        {"batch": str(batch.uid)},
        f"{stem} 标出错误的表格",
        file_name("标出错误", stem, ending="xlsx"),
        "xlsx",
    )
    return making.ask(wanted=wanted, by=by)


def _marked(importer: Importer[Any], batch: ImportBatch, actor: Actor, progress: Progress) -> bytes:
    """Reads the file again, so that all errors are marked, not only those kept for the page."""
    importer = importer.of(batch)
    with import_files.open_source(batch) as path:
        parsed = importer.parse(path, batch.file_name, actor)
        progress(1, 4)
        found = importer.compare(parsed, actor, lambda done, total: None)
        progress(2, 4)
        errors = [*parsed.errors, *found.errors]
        return marking.mark_apart(path, errors, name=batch.file_name)

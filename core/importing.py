"""From an uploaded workbook to rows: receive, read, show, apply.

An app describes its sheet once with an `Importer`. The file waits sealed on disk; reading and
applying are effects, so they run in the background, survive a kill and can be repeated: the
rows, the audit trail and the batch's final state commit together.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, cast

from django.contrib.auth import get_user_model
from django.utils import timezone

from . import apart, audit, clock, effects, import_files, notifications, scheduler, table_statistics
from .actions import action
from .actor import Actor
from .dates import in_words
from .errors import DomainError
from .models import Effect, ImportBatch
from .tabular.errors import CellError
from .tabular.parsed import ParsedSheet

logger = logging.getLogger("portal.importing")

State = ImportBatch.State
MAX_SHOWN = 2000  # errors and changes kept for the page; the marked sheet has all errors
KEPT = dt.timedelta(days=1)
FAULT = "读取时出了系统故障，没有写入任何内容。请联系管理员"

Row = TypeVar("Row")
Progress = Callable[[int, int], None]
"""Told (done, total) now and then; raises when the work is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row that would be added or changed. What is shown of it must already be masked."""

    row: int
    label: str
    kind: Literal["new", "changed"]
    changes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """{field's Chinese name: [before, after]}"""
    sheet: str = ""
    older: str = ""
    """Why it would undo what is newer than the sheet: a Chinese sentence, or ""."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What applying a file would do, or did. Errors and warnings found against the database."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    preview: Sequence[Change] = ()
    errors: Sequence[CellError] = ()
    warnings: Sequence[CellError] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)
    """What else the app's page shows of it, as data; kept among the notes of the batch."""

    @property
    def older(self) -> int:
        """How many rows would undo something newer than the sheet."""
        return sum(1 for change in self.preview if change.older)


def known_until(parsed: ParsedSheet[Any]) -> dt.datetime | None:
    """The last moment of which the sheet can know: the end of the day that it states (填报时间),
    or when it was saved, whichever is earlier; None when it tells neither."""
    moments = [parsed.saved_at] if parsed.saved_at else []
    if parsed.as_of:
        day = dt.datetime.combine(parsed.as_of, dt.time.max)
        moments.append(timezone.make_aware(day))
    return min(moments, default=None)


def older_in_words(count: int) -> str:
    """Says how many rows would undo something newer than the sheet."""
    return f"有 {count} 行比系统中登记的旧"


@dataclass(frozen=True, slots=True)
class Importer(Generic[Row]):
    """An app's sheet. `model` is its concrete `ImportBatch`.

    parse(path, file_name, actor): reads and checks cells, with the names the actor may refer
    to; may raise `SheetRefused`.
    compare(parsed, actor, progress): sorts rows into new, changed, unchanged; writes nothing.
    write(parsed, actor): the same through the app's actions, called inside one transaction;
    must lock what two files could both write.
    actor(user_id, grant_id): who uploaded, with the rights of this moment, or `NotAllowed`.
    shown(found, actor): writes down what of the preview is to be known; called once a batch.
    bound(batch): the importer of that batch, where what it changes was chosen with the upload.
    """

    model: type[ImportBatch]
    parse: Callable[[Path, str, Actor], ParsedSheet[Row]]
    compare: Callable[[ParsedSheet[Row], Actor, Progress], Comparison]
    write: Callable[[ParsedSheet[Row], Actor], Comparison]
    actor: Callable[[int, int], Actor]
    shown: Callable[[Comparison, Actor], None] = lambda found, actor: None
    bound: Callable[[Any], "Importer[Row]"] | None = None

    def of(self, batch: ImportBatch) -> "Importer[Row]":
        """The importer that reads and applies this batch."""
        return self if self.bound is None else self.bound(batch)


_importers: dict[str, Importer[Any]] = {}


def register(importer: Importer[Any]) -> None:
    """Makes the engine read and apply batches of `importer.model`.

    Registers the effects `<app>.read_import` and `<app>.apply_import`.
    """
    app = importer.model._meta.app_label
    _importers[app] = importer

    def read_effect(effect: Effect) -> None:
        read(importer, effect.payload["uid"], effect=effect)

    def apply_effect(effect: Effect) -> None:
        apply(importer, effect.payload["uid"])

    effects.handler(
        f"{app}.read_import", label="读取导入文件", style="long", lease_seconds=120, max_attempts=4
    )(read_effect)
    effects.handler(
        f"{app}.apply_import", label="写入导入内容", style="long", lease_seconds=600, max_attempts=4
    )(apply_effect)


# --- acts of the person --------------------------------------------------------------------


@action
def receive(
    *,
    model: type[ImportBatch],
    workbook: import_files.Workbook,
    by: Actor,
    about: Mapping[str, Any] | None = None,
) -> ImportBatch:
    """Stores a checked workbook sealed and has it read behind. `about`: fields of the model that
    say what the sheet is for.

    The same file sent twice for the same is one batch while the first is open.
    """
    about = about or {}
    if by.user_id is None or by.grant_id is None:
        raise DomainError("请先选择以哪个角色办理", code="no_grant")
    name, content = workbook.name, workbook.content
    digest = hashlib.sha256(content).hexdigest()
    # The lock makes two uploads of one person wait for each other.
    get_user_model()._default_manager.select_for_update().filter(pk=by.user_id).first()
    mine: Any = model._default_manager.filter(
        uploaded_by_id=by.user_id,
        grant_id=by.grant_id,
        sha256=digest,
        state__in=model.machine.moves["cancel"].from_,
        **about,
    )
    again: ImportBatch | None = mine.order_by("-pk").first()
    if again is not None and import_files.has_source(again):
        return again
    batch = model(
        file_name=name,
        sha256=digest,
        size=len(content),
        uploaded_by_id=by.user_id,
        grant_id=by.grant_id,
        uploaded_at=clock.now(),
        **about,
    )
    import_files.store(batch, content)
    batch.save(force_insert=True)
    app = model._meta.app_label
    effects.enqueue(f"{app}.read_import", f"{app}.read_import:{batch.uid}", uid=str(batch.uid))
    audit.record(by=by, verb=f"{app}.import.upload", obj=batch, changes={"sha256": [None, digest]})
    return batch


@action
def confirm(*, batch: ImportBatch, by: Actor, knows_older: bool = False) -> None:
    """Has a batch that was read and shown applied in the background. Raises Conflict.

    A sheet that would undo what is newer than itself is written only when the person
    `knows_older`: DomainError otherwise.
    """
    if batch.counts.get("older") and not knows_older:
        raise DomainError(
            f"{older_in_words(batch.counts['older'])}。请核对后勾选“仍按表中内容写入”，再确认",
            code="older_sheet",
        )
    if by.user_id != batch.uploaded_by_id or by.grant_id != batch.grant_id:
        raise DomainError("只有上传的人能以上传时的角色确认导入", code="not_yours")
    batch.machine.move(batch, "confirm", progress=0)
    app = batch._meta.app_label
    effects.enqueue(f"{app}.apply_import", f"{app}.apply_import:{batch.uid}", uid=str(batch.uid))
    audit.record(by=by, verb=f"{app}.import.confirm", obj=batch)


@action
def cancel(*, batch: ImportBatch, by: Actor) -> None:
    """Gives up a batch that was not applied, and deletes its file. Raises Conflict."""
    batch.machine.move(batch, "cancel", preview=[])
    audit.record(by=by, verb=f"{batch._meta.app_label}.import.cancel", obj=batch)
    import_files.forget(batch)


# --- background ----------------------------------------------------------------------------


class NoLongerWanted(Exception):
    """The batch was given up while it was read."""


def read(importer: Importer[Any], uid: str, *, effect: Effect | None = None) -> None:
    """Reads the file of the batch `uid` and stores what applying it would do."""
    rows: Any = importer.model._default_manager.filter(uid=uid)
    move_many = importer.model.machine.move_many
    if not move_many(rows, "start", progress=1):
        return
    batch: ImportBatch = rows.get()
    importer = importer.of(batch)

    def progress(done: int, total: int) -> None:
        percent = 20 + 75 * done // max(total, 1)
        if not move_many(rows, "read_on", progress=percent):
            raise NoLongerWanted
        if effect is not None:
            effects.heartbeat(effect)

    try:
        actor = importer.actor(batch.uploaded_by_id, batch.grant_id)
        with import_files.open_source(batch) as path:
            parsed = importer.parse(path, batch.file_name, actor)
        progress(0, 1)
        found = importer.compare(parsed, actor, progress)
    except NoLongerWanted:
        return
    except DomainError as error:
        if isinstance(error, apart.Busy) and not _is_last(effect):
            raise
        _end(batch, "refuse", "没有读成", error.message)
        import_files.forget(batch)
        return
    except Exception:
        if _is_last(effect):
            _end(batch, "refuse", "没有读成", FAULT)
        raise
    errors = [*parsed.errors, *found.errors]
    warnings = [*parsed.warnings, *found.warnings]
    counts = _counts(parsed, found)
    with audit.unit_of_work():
        shown = move_many(
            rows,
            "show",
            progress=100,
            counts=counts,
            errors=[
                *(_told(error) for error in errors[:MAX_SHOWN]),
                *(_told(warning, level="warning") for warning in warnings[:MAX_SHOWN]),
            ],
            preview=_preview(found),
            notes={**_notes(parsed), **found.notes},
        )
        if shown:
            importer.shown(found, actor)
            text = "核对后才会写入；一天内没有确认，自动放弃。"
            _tell(batch, "读完，等待核对", f"{_in_words(counts)}。{text}")


def _is_last(effect: Effect | None) -> bool:
    """Whether the work is not tried again."""
    if effect is None:
        return False
    return effect.attempts >= effects.handlers()[effect.kind].max_attempts


def _end(batch: ImportBatch, move: str, what: str, why: str) -> None:
    """Ends a batch that came to nothing, and tells its person why."""
    rows: Any = type(batch)._default_manager.filter(pk=batch.pk)
    with audit.unit_of_work():
        if batch.machine.move_many(rows, move, failure=why[:500]):
            _tell(batch, what, why)


def _tell(batch: ImportBatch, what: str, body: str) -> None:
    """Puts what became of a sheet into the inbox of whoever sent it. Once, however often it runs."""
    notifications.tell([_message(batch, what, body)])


def _message(batch: ImportBatch, what: str, body: str) -> notifications.Message:
    app = batch._meta.app_label
    return notifications.Message(
        user_id=batch.uploaded_by_id,
        key=f"import:{app}:{batch.uid}:{what}",
        title=f"{batch.file_name[:150]} {what}",
        body=body,
        url=cast(Any, batch).get_absolute_url(),
        by_mail=False,
        about=f"import:{app}:{batch.pk}",
    )


def _in_words(counts: Mapping[str, int]) -> str:
    words = f"新增 {counts['new']}，变动 {counts['changed']}，未变 {counts['unchanged']}"
    return f"{words}，不写入 {counts['refused']} 行" if counts["refused"] else words


def _preview(found: Comparison) -> list[dict[str, Any]]:
    """Every changed row, those first that would undo something newer; of new ones the first."""
    changed = [change for change in found.preview if change.kind == "changed"]
    new = [change for change in found.preview if change.kind == "new"]
    return [
        {
            "sheet": change.sheet,
            "row": change.row,
            "label": change.label,
            "kind": change.kind,
            "changes": {key: list(pair) for key, pair in change.changes.items()},
            "older": change.older,
        }
        for change in [*sorted(changed, key=lambda one: not one.older), *new[:MAX_SHOWN]]
    ]


def _notes(parsed: ParsedSheet[Any]) -> dict[str, Any]:
    until = known_until(parsed)
    return {
        "told": list(parsed.notes)[:MAX_SHOWN],
        "unread": [list(column) for column in parsed.unknown_columns][:MAX_SHOWN],
        "until": in_words(timezone.localdate(until)) if until else "",
    }


def apply(importer: Importer[Any], uid: str) -> None:
    """Writes the rows of the confirmed batch `uid`: all good ones or none. Safe to repeat."""
    rows: Any = importer.model._default_manager.filter(uid=uid)
    move_many = importer.model.machine.move_many
    batch: ImportBatch | None = rows.filter(state=State.APPLYING).first()
    if batch is None:
        return
    importer = importer.of(batch)
    try:
        actor = importer.actor(batch.uploaded_by_id, batch.grant_id)
        with import_files.open_source(batch) as path:
            parsed = importer.parse(path, batch.file_name, actor)
        move_many(rows, "write_on", progress=20)
        with audit.unit_of_work():
            # Claimed inside the transaction that writes: a second run waits here and finds
            # nothing to do, a killed one leaves the batch as it was.
            if not move_many(rows, "apply", progress=100, applied_at=clock.now()):
                return
            actor = importer.actor(batch.uploaded_by_id, batch.grant_id)
            _refuse_overtaken(importer, parsed, batch, actor)
            done = importer.write(parsed, actor)
            counts = _counts(parsed, done)
            rows.update(counts=counts)
            table_statistics.renew_later(done.new + done.changed)
            app = importer.model._meta.app_label
            audit.record(
                by=actor,
                verb=f"{app}.import.apply",
                obj=batch,
                changes={key: [None, value] for key, value in counts.items()},
            )
            _tell(batch, "已导入", f"{_in_words(counts)}。")
    except DomainError as error:
        if isinstance(error, apart.Busy):
            raise
        _end(batch, "fail", "没有写入", error.message)
        return
    if not counts["refused"]:
        import_files.forget(batch)


def _refuse_overtaken(
    importer: Importer[Any], parsed: ParsedSheet[Any], batch: ImportBatch, actor: Actor
) -> None:
    """Nobody confirmed to undo what was registered after the preview was made: each row that would
    must be one that the preview has marked."""
    found = importer.compare(parsed, actor, lambda done, total: None)
    older = {(change.sheet, change.row) for change in found.preview if change.older}
    if not older <= {(row["sheet"], row["row"]) for row in batch.preview if row.get("older")}:
        raise DomainError(
            "核对之后，系统里又登记了比这张表新的内容，没有写入。请重新上传，再核对一次",
            code="older_sheet",
        )


def _counts(parsed: ParsedSheet[Any], found: Comparison) -> dict[str, int]:
    refused = {(error.sheet, error.row) for error in (*parsed.errors, *found.errors)}
    return {
        "rows": parsed.row_count,
        "new": found.new,
        "changed": found.changed,
        "unchanged": found.unchanged,
        "refused": len(refused),
        "errors": len(parsed.errors) + len(found.errors),
        "warnings": len(parsed.warnings) + len(found.warnings),
        "older": found.older,
    }


def _told(error: CellError, *, level: str = "error") -> dict[str, Any]:
    return {
        "level": level,
        "sheet": error.sheet,
        "row": error.row,
        "column": error.column_letter,
        "title": error.column_title,
        "code": error.code,
        "found": error.found,
        "wanted": error.wanted,
        "message": error.message,
    }


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of one batch shows. Lists are cut to `limit` rows, the counts are whole."""

    batch: ImportBatch
    step: int  # 1 upload, 2 read, 3 confirm, 4 written
    is_moving: bool
    can_confirm: bool
    can_cancel: bool
    has_source: bool
    errors: list[dict[str, Any]]
    error_count: int
    warnings: list[dict[str, Any]]
    warning_count: int
    changes: Sequence[dict[str, Any]]
    """All of them: the page leafs through."""
    additions: list[dict[str, Any]]


def page(batch: ImportBatch, *, limit: int = 200) -> Page:
    """The batch as the shared templates `core/import_*.html` show it. No queries."""
    errors = [row for row in batch.errors if row.get("level") != "warning"]
    warnings = [row for row in batch.errors if row.get("level") == "warning"]
    counts = batch.counts
    steps = {State.READ: 3, State.APPLYING: 4, State.APPLIED: 5}
    return Page(
        batch=batch,
        step=steps.get(State(batch.state), 2),
        is_moving=batch.state in (State.UPLOADED, State.READING, State.APPLYING),
        can_confirm=batch.state == State.READ
        and bool(counts.get("new", 0) + counts.get("changed", 0)),
        can_cancel=batch.machine.may(batch, "cancel"),
        has_source=import_files.has_source(batch),
        errors=errors[:limit],
        error_count=counts.get("errors", len(errors)),
        warnings=warnings[:limit],
        warning_count=counts.get("warnings", len(warnings)),
        changes=[row for row in batch.preview if row["kind"] == "changed"],
        additions=[row for row in batch.preview if row["kind"] == "new"][:limit],
    )


def importer_of(batch: ImportBatch | type[ImportBatch]) -> Importer[Any]:
    """The importer that reads and applies `batch`, or all batches of a model."""
    return _importers[batch._meta.app_label]


@scheduler.every("core.clean_imports", label="清理过期导入", minutes=60)
def clean_up(planned_for: dt.datetime) -> None:
    """Deletes files older than a day and gives up what nobody confirmed in that time."""
    limit = clock.now() - KEPT
    for importer in _importers.values():
        stale: Any = importer.model._default_manager.filter(uploaded_at__lt=limit)
        _give_up(importer.model, stale)
        keep = set(
            importer.model._default_manager.filter(uploaded_at__gte=limit).values_list(
                "uid", flat=True
            )
        )
        for uid in stale.exclude(uid__in=keep).values_list("uid", flat=True):
            (import_files.folder() / f"{uid}.sealed").unlink(missing_ok=True)


def _give_up(model: type[ImportBatch], stale: Any) -> None:
    why = "一天内没有确认，已自动放弃"
    with audit.unit_of_work():
        open_ = stale.filter(state__in=model.machine.moves["cancel"].from_)
        given_up = list(open_.select_for_update(of=("self",)))
        model.machine.move_many(
            stale.filter(pk__in=[one.pk for one in given_up]), "cancel", preview=[], failure=why
        )
        notifications.tell(
            _message(batch, "没有导入", f"{why}。需要时请重新上传。") for batch in given_up
        )

"""Long documents are made behind: asked for once, made with the asker's rights of that moment,
told when ready, fetched by the asker alone, gone after a week.

An app describes each kind once with a `Maker`. Making is a long effect: killed anywhere it runs
again from the start, and only one run brings its file in.
"""

import datetime as dt
import hashlib
import io
import json
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import Http404
from django.urls import reverse

from .. import audit, clock, crypto, effects, notifications, scheduler
from ..actions import action
from ..actor import Actor
from ..attachments import NO_ROOM, TYPES, write_whole
from ..errors import DomainError, NotAllowed
from ..folders import written_before
from ..models import Effect, MadeDocument
from .description import Progress

State = MadeDocument.State
UNFINISHED = (State.WAITING, State.MAKING)
KEPT = dt.timedelta(days=7)
SAME = dt.timedelta(minutes=1)
MOST_WAITING = 5  # of one person
# Rows: a sheet of more is made behind. A thousand members take 0.4 s, 13,221 take 5 s (ADR 38).
LONG_SHEET = 1000
PURPOSE = "core.document"
KIND = "core.make_document"
GONE = "文档已过保留期，现在已经清除。请重新生成"
FAULT = "生成时出了系统故障。请重试；仍不成功请联系管理员"

logger = logging.getLogger("portal.documents")


@dataclass(frozen=True, slots=True)
class Maker:
    """How one kind of document is made.

    actor(user_id, grant_id): who asked, with the rights of this moment, or `NotAllowed`.
    check(what, actor): raises Http404 or DomainError when the actor may not have it (any more).
    make(target, what, actor, progress): writes the file; may raise DomainError.
    verb: what the audit trail calls fetching it.
    kept: how long it can be fetched.
    entry(what): what else `audit.record` takes of it, where the same is also made at once.
    password_at(what): the page that tells the password of a locked file.

    The actor told to `make` has as `request_id` the number of the document, for its stamp.
    """

    actor: Callable[[int, int], Actor]
    check: Callable[[Mapping[str, Any], Actor], None]
    make: Callable[[BinaryIO, Mapping[str, Any], Actor, Progress], None]
    verb: str
    kept: dt.timedelta = KEPT
    entry: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    password_at: Callable[[Mapping[str, Any]], str] | None = None


_makers: dict[str, Maker] = {}


def register(kind: str, maker: Maker) -> None:
    """Makes documents of `kind` known."""
    _makers[kind] = maker


def password_page(row: MadeDocument) -> str:
    """Where the password of the file is told; empty for one that is not locked, or whose maker is
    gone."""
    maker = _makers.get(row.kind)
    return maker.password_at(row.what) if maker is not None and maker.password_at else ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One document to be made: `what` tells its maker, the rest tells people and the audit trail."""

    kind: str
    what: Mapping[str, Any]
    title: str
    file_name: str
    ending: str  # docx, pdf, xlsx
    organization_id: int | None = None
    organization_path: str = ""

    @property
    def digest(self) -> str:
        """The same for the same document."""
        text = json.dumps([self.kind, self.ending, dict(self.what)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


# --- asking --------------------------------------------------------------------------------------


@action
def ask(*, wanted: Wanted, by: Actor) -> MadeDocument:
    """Has a document made behind. Asked for again within a minute, or while it is still being
    made, it is the same one. Raises DomainError for somebody without a role, and where too many of
    the person's wait; Http404 or NotAllowed where he may not have it."""
    if by.user_id is None or by.grant_id is None:
        raise DomainError("请先选择以哪个角色办理", code="no_grant")
    _makers[wanted.kind].check(wanted.what, by)
    # The lock makes two clicks of one person wait for each other.
    get_user_model()._default_manager.select_for_update().filter(pk=by.user_id).first()
    now = clock.now()
    mine = MadeDocument.objects.filter(asked_by_id=by.user_id)
    same = mine.filter(grant_id=by.grant_id, digest=wanted.digest)
    again = same.filter(
        Q(state__in=UNFINISHED) | Q(state=State.READY, asked_at__gt=now - SAME)
    ).first()
    if again is not None:
        return again
    if mine.filter(state__in=UNFINISHED).count() >= MOST_WAITING:
        raise DomainError(
            f"已有 {MOST_WAITING} 份文档在等待生成，请等其中一份完成后再提出", code="too_many"
        )
    row = MadeDocument(
        kind=wanted.kind,
        title=wanted.title[:200],
        file_name=wanted.file_name[:250],
        content_type=TYPES[wanted.ending],
        what=dict(wanted.what),
        digest=wanted.digest,
        asked_by_id=by.user_id,
        grant_id=by.grant_id,
        organization_id=wanted.organization_id,
        organization_path=wanted.organization_path,
        asked_at=now,
        expires_at=now + KEPT,
    )
    row.save(force_insert=True)
    effects.enqueue(KIND, f"{KIND}:{row.uid}", uid=str(row.uid))
    audit.record(
        by=by,
        verb="core.document.ask",
        obj=row,
        organization_id=row.organization_id,
        organization_path=row.organization_path,
        changes={"format": [None, wanted.ending]},
    )
    return row


# --- making --------------------------------------------------------------------------------------


@effects.handler(KIND, label="生成文档", style="long", lease_seconds=300, max_attempts=4)
def make_behind(effect: Effect) -> None:
    """Makes the document of the effect."""
    make(effect.payload["uid"], effect=effect)


def make(uid: str, *, effect: Effect | None = None) -> None:
    """Makes the document `uid`, if it is still to be made. Safe to repeat and to run twice."""
    rows = MadeDocument.objects.filter(uid=uid)
    if not rows.filter(state__in=UNFINISHED).update(state=State.MAKING, progress=1):
        return
    row = rows.get()

    def progress(done: int, total: int) -> None:
        percent = min(95, 5 + 90 * done // max(total, 1))
        rows.filter(state=State.MAKING).update(progress=percent)
        if effect is not None:
            effects.heartbeat(effect)

    stored_as = secrets.token_hex(16)
    try:
        maker = _makers[row.kind]
        actor = _asker(maker, row)
        target = io.BytesIO()
        maker.make(target, row.what, actor, progress)
        # A grant that ended while it was made gives nothing.
        actor = _asker(maker, row)
        _store(stored_as, row, target.getvalue())
        is_mine = _finish(row, stored_as, len(target.getvalue()), actor)
    except DomainError as error:
        _fail(row, error.message)
        return
    except Exception:
        # The file is left to `clear`: the commit may have gone through before its answer was lost.
        if effect is not None and effect.attempts >= effects.handlers()[KIND].max_attempts:
            _fail(row, FAULT)
        raise
    if not is_mine:
        _place(stored_as).unlink(missing_ok=True)


def _number(row: MadeDocument) -> str:
    """The number of the document in the audit trail, of the form that requests have."""
    return row.uid.hex[:16]


def _asker(maker: Maker, row: MadeDocument) -> Actor:
    """Who asked, if he still may have it. Raises NotAllowed."""
    actor = replace(maker.actor(row.asked_by_id, row.grant_id), request_id=_number(row))
    try:
        maker.check(row.what, actor)
    except Http404 as error:
        raise NotAllowed("所在范围已变更，这份文档不再属于可查看的范围") from error
    return actor


def _finish(row: MadeDocument, stored_as: str, size: int, actor: Actor) -> bool:
    """Brings the file in, and tells; False when another run was first."""
    now, kept = clock.now(), _makers[row.kind].kept
    with audit.unit_of_work():
        moved = MadeDocument.objects.filter(pk=row.pk, state=State.MAKING).update(
            state=State.READY,
            progress=100,
            size=size,
            stored_as=stored_as,
            made_at=now,
            expires_at=now + kept,
        )
        if not moved:
            return False
        locked = "文件加了密码，下载的页面上可以查看。" if password_page(row) else ""
        days = "七天" if kept == KEPT else f"{kept // dt.timedelta(hours=1)} 小时"
        _tell(row, f"{row.title} 已生成", f"{days}内可以下载，过期自动清除。{locked}")
        audit.record(
            by=actor,
            verb="core.document.make",
            obj=row,
            organization_id=row.organization_id,
            organization_path=row.organization_path,
            changes={"size": [None, size]},
        )
    return True


def _fail(row: MadeDocument, reason: str) -> None:
    with audit.unit_of_work():
        moved = MadeDocument.objects.filter(pk=row.pk, state__in=UNFINISHED).update(
            state=State.FAILED, failure=reason[:500]
        )
        if moved:
            _tell(row, f"{row.title} 没有生成", reason)


def _tell(row: MadeDocument, title: str, body: str) -> None:
    notifications.tell(
        [
            notifications.Message(
                user_id=row.asked_by_id,
                key=f"document:{row.uid}",
                title=title,
                body=body,
                url=reverse("core:document-detail", args=[row.uid]),
                by_mail=False,
                about=f"document:{row.pk}",
            )
        ]
    )


# --- the file ------------------------------------------------------------------------------------


def folder() -> Path:
    """Where the sealed files wait."""
    path: Path = settings.DATA_DIR / "documents"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def _place(stored_as: str) -> Path:
    return folder() / f"{stored_as}.sealed"


def _store(stored_as: str, row: MadeDocument, content: bytes) -> None:
    try:
        write_whole(_place(stored_as), crypto.seal_bytes(content, purpose=PURPOSE, row=row.uid))
    except OSError as error:
        logger.error("a document could not be stored: %s", error.strerror)
        raise DomainError(NO_ROOM, code="disk") from error


def content_of(row: MadeDocument, *, by: Actor) -> bytes:
    """The file, audited before a byte of it leaves. The caller has checked that it is the asker's.

    Raises DomainError when it is not there (any more), NotAllowed when the role in which it was
    asked for has ended or no longer reaches it.
    """
    maker = _makers.get(row.kind)  # none: of a release before this one
    if maker is None or row.state != State.READY or row.expires_at <= clock.now():
        raise DomainError(_why_not(row), code="gone")
    _asker(maker, row)
    try:
        sealed = _place(row.stored_as).read_bytes()
        content = crypto.unseal_bytes(sealed, purpose=PURPOSE, row=row.uid)
    except (OSError, crypto.Unreadable) as error:
        raise DomainError(GONE, code="gone") from error
    told: dict[str, Any] = {
        "object_type": row._meta.label_lower,
        "object_id": row.pk,
        "label": row.file_name,
        "organization_id": row.organization_id,
        "organization_path": row.organization_path,
        "changes": {"format": [None, row.file_name.rpartition(".")[2]]},
    }
    if maker.entry is not None:
        told |= {"object_id": f"export:{_number(row)}", **maker.entry(row.what)}
    audit.record_now(by=by, verb=maker.verb, **told)
    return content


def _why_not(row: MadeDocument) -> str:
    if row.state in UNFINISHED:
        return "文档还在生成，好了会在消息里告知"
    return row.failure or GONE


# --- clearing away -------------------------------------------------------------------------------


def clear(*, older_than: dt.timedelta = dt.timedelta(hours=6)) -> int:
    """Clears what has expired, and files that no document knows; returns how many documents.

    Run twice, or by two at once, each document is cleared once.
    """
    now = clock.now()
    cleared = 0
    over = MadeDocument.objects.filter(expires_at__lte=now)
    over.filter(state__in=UNFINISHED).update(state=State.FAILED, failure=FAULT)
    for pk, stored_as in list(over.filter(state=State.READY).values_list("pk", "stored_as")):
        if over.filter(pk=pk, state=State.READY).update(state=State.EXPIRED):
            _place(stored_as).unlink(missing_ok=True)
            cleared += 1
    before = time.time() - older_than.total_seconds()
    old = written_before(folder(), before)
    known = set(
        MadeDocument.objects.filter(
            stored_as__in=[path.stem for path in old], state=State.READY
        ).values_list("stored_as", flat=True)
    )
    for path in old:
        if path.stem not in known or path.suffix == ".part":
            path.unlink(missing_ok=True)
    return cleared


@scheduler.every("core.clear_documents", label="清理过期文档", minutes=60)
def clear_hourly(planned_for: dt.datetime) -> None:
    """Clears what has expired."""
    clear()

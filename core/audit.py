"""Append-only, hash-chained trail of who did what, in the transaction that did it.

Entries are collected while an action runs and written as the last statements of its outermost
transaction: the chain head is locked for the shortest time and always last, so that two
actions can neither block each other for long nor deadlock on it.
"""

import datetime as dt
import hashlib
import hmac
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from . import clock, turns
from .actor import Actor
from .batches import batched
from .identity import mask_again
from .models import AuditEntry, AuditHead
from .text import clean, readable

_open = threading.local()

HASHED_FIELDS = (
    "sequence",
    "at",
    "user_id",
    "user_name",
    "role",
    "organization_id",
    "organization_path",
    "verb",
    "object_type",
    "object_id",
    "object_label",
    "changes",
    "note",
    "ip",
    "session_hash",
    "request_id",
)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """A transaction whose audit entries are flushed just before it commits."""
    entries: list[AuditEntry] | None = getattr(_open, "entries", None)
    if entries is not None:
        mark = len(entries)
        try:
            with transaction.atomic():
                yield
        except BaseException:
            # The savepoint is undone, so what it reported did not happen.
            del entries[mark:]
            raise
        return
    _open.entries, _open.refusals = [], []
    try:
        with turns.taken(), transaction.atomic():
            yield
            _flush(_open.entries)
    finally:
        refusals, _open.entries, _open.refusals = _open.refusals, None, []
        for told in refusals:
            record_now(**told)


def record(
    *,
    by: Actor,
    verb: str,
    obj: models.Model | None = None,
    object_type: str = "",
    object_id: object = "",
    label: str = "",
    organization_id: int | None = None,
    organization_path: str = "",
    changes: Mapping[str, Any] | None = None,
    note: str = "",
) -> None:
    """Adds one entry to the running unit of work.

    `verb` is `<app>.<noun>.<act>`; `changes` maps a field to `[before, after]`, masked by the
    caller where the field is personal. Raises RuntimeError outside an action.
    """
    entries: list[AuditEntry] | None = getattr(_open, "entries", None)
    if entries is None:
        raise RuntimeError("audit.record() outside an action")
    if obj is not None:
        object_type = object_type or obj._meta.label_lower
        object_id = object_id or obj.pk
        label = label or str(obj)
    entries.append(
        AuditEntry(
            at=clock.now(),
            user_id=by.user_id,
            user_name=clean(by.name)[:100],
            role=by.role,
            organization_id=organization_id if organization_id is not None else by.organization_id,
            organization_path=organization_path or by.organization_path,
            verb=verb,
            object_type=object_type,
            object_id=_storable(str(object_id))[:64],
            object_label=clean(label)[:200],
            changes=_plain(changes or {}),
            note=mask_again(_storable(note))[:1000],
            ip=by.ip,
            session_hash=by.session_hash,
            request_id=by.request_id,
        )
    )


def entries_since(
    moment: dt.datetime, object_type: str, object_ids: Iterable[object]
) -> dict[str, list[AuditEntry]]:
    """What was recorded of these objects after the moment, oldest first, by the object's id. One
    query for each 500 of them; entries carry `at`, `verb`, `changes` and `note`."""
    found: dict[str, list[AuditEntry]] = {}
    for some in batched(sorted({str(one) for one in object_ids}), 500):
        rows = AuditEntry.objects.filter(
            object_type=object_type, object_id__in=some, at__gt=moment
        ).order_by("sequence")
        for entry in rows.only("object_id", "at", "verb", "changes", "note"):
            found.setdefault(entry.object_id, []).append(entry)
    return found


def record_now(**kwargs: Any) -> None:
    """Records one entry in a transaction of its own, for events that change nothing else."""
    with unit_of_work():
        record(**kwargs)


def record_refusal(**kwargs: Any) -> None:
    """Records that somebody was refused: also when the running unit of work is undone for it."""
    if getattr(_open, "entries", None) is None:
        record_now(**kwargs)
    else:
        _open.refusals.append(kwargs)


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The fields of `after` that differ from `before`, as `{field: [before, after]}`."""
    return {
        key: [before.get(key), value] for key, value in after.items() if before.get(key) != value
    }


def _storable(text: str) -> str:
    """Without marks of direction and the like: an entry reads as what it is."""
    return readable(text)


def _plain(value: Any) -> Any:
    """`value` as JSON holds it on both databases and gives it back unchanged."""
    if isinstance(value, Mapping):
        return {_storable(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    return _storable(value if isinstance(value, str) else str(value))[:4000]


def seal(entry: AuditEntry, previous: str) -> str:
    """The keyed hash of `entry` following `previous` in the chain."""
    body: dict[str, Any] = {name: getattr(entry, name) for name in HASHED_FIELDS}
    body["at"] = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(settings.AUDIT_KEY, f"{previous}\n{text}".encode(), hashlib.sha256).hexdigest()


def _flush(entries: list[AuditEntry]) -> None:
    if not entries:
        return
    head = AuditHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        AuditHead.objects.bulk_create([AuditHead(pk=1)], ignore_conflicts=True)
        head = AuditHead.objects.select_for_update().get(pk=1)
    previous, sequence = head.hash, head.sequence
    for entry in entries:
        sequence += 1
        entry.sequence = sequence
        entry.hash = previous = seal(entry, previous)
    AuditEntry.objects.bulk_create(entries, batch_size=1000)
    AuditHead.objects.filter(pk=1).update(sequence=sequence, hash=previous)


@dataclass
class Verdict:
    """Outcome of `verify`: how many entries were read and what is wrong, in sequence order."""

    entries: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        return not self.problems


def verify() -> Verdict:
    """Recomputes the whole chain and names each entry that was altered, removed or added."""
    verdict = Verdict()
    previous, expected = "", 0
    for entry in AuditEntry.objects.order_by("sequence").iterator(chunk_size=2000):
        verdict.entries += 1
        expected += 1
        if entry.sequence != expected:
            verdict.problems.append(f"entries {expected} to {entry.sequence - 1} are missing")
            expected = entry.sequence
        if seal(entry, previous) != entry.hash:
            verdict.problems.append(f"entry {entry.sequence} ({entry.verb}) does not fit its seal")
        previous = entry.hash
    head = AuditHead.objects.filter(pk=1).first()
    if head is None:
        if verdict.entries:
            verdict.problems.append("the chain head is missing")
    elif (head.sequence, head.hash) != (expected, previous):
        verdict.problems.append(f"the chain ends at {expected}, its head says {head.sequence}")
    return verdict


TABLE = "core_auditentry"


def install_guards(connection: BaseDatabaseWrapper) -> None:
    """Makes the database itself refuse to change or delete audit entries."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{verb} BEFORE {verb.upper()} ON {TABLE} "
                    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
                )
        elif connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger AS $$ "
                "BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$ LANGUAGE plpgsql"
            )
            cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_change ON {TABLE}")
            cursor.execute(
                f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()"
            )


def remove_guards(connection: BaseDatabaseWrapper) -> None:
    """Takes the guards away: for a retention run by the database's owner, and for tests."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}")
        elif connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_change ON {TABLE}")

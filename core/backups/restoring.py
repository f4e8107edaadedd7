"""Checks a backup, and brings it back into an empty installation with a verdict."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from .. import attachments, audit, crypto, sealed, table_statistics
from ..actor import Actor
from . import archive, databases
from .archive import NAME, Unusable
from .making import alone

SAMPLE = 25
"""Rows at either end of a sealed column that are opened."""


@dataclass
class Verdict:
    """What was found right, what is to be known, and what is wrong."""

    facts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.problems


def check(path: Path) -> Verdict:
    """Reads the whole archive and compares it with its manifest, with the keys at hand and with
    this release. Writes nothing. Raises Unusable when it could not be restored here."""
    verdict = Verdict()
    with archive.reading(path) as backup:
        _suits(backup, path, verdict)
    return verdict


def _suits(backup: archive.Reader, path: Path, verdict: Verdict) -> None:
    manifest = backup.manifest
    if backup.database != databases.member():
        raise Unusable(
            f"{path.name} holds {backup.database}; this installation's DATABASE_URL names another "
            f"kind of database ({databases.member()})."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    missing = sorted(set(_names(manifest["migrations"])) - known)
    if missing:
        raise Unusable(
            f"{path.name} was made by a newer release: this one does not know {missing[0]}"
            f"{f' and {len(missing) - 1} more' if len(missing) > 1 else ''}. Install that release."
        )
    size = sum(facts["size"] for facts in manifest["files"].values())
    verdict.facts += [
        f"made at {manifest['made_at']} from {manifest['server']}",
        f"{len(manifest['files'])} members, {size:,} bytes, all as they were stored",
        "the keys at hand are those it was made with",
        f"this release knows its {len(manifest['migrations'])} migrations",
    ]
    if not NAME.fullmatch(path.name):
        verdict.warnings.append(f"{path.name} is not called as backups are")


def _names(migrations: list[list[str]]) -> list[str]:
    """Those of the portal's own apps and of its packages alike, as app.name."""
    return [f"{app}.{name}" for app, name in migrations]


def restore(path: Path, *, by: Actor) -> Verdict:
    """Brings the archive back into the database and the data folder, both of which must be empty,
    migrates to this release and looks at what came of it.

    Raises Unusable before anything is written when it does not fit.
    """
    verdict = Verdict()
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with alone(settings.DATA_DIR), archive.reading(path) as backup:
        _suits(backup, path, verdict)
        _expect_empty()
        with databases.unfinished(settings.DATA_DIR) as place:
            for name in (backup.database, *backup.files):
                backup.extract(name, place / name)
            databases.load(place / backup.database)
            for kind in archive.FOLDERS:
                if (place / kind).exists():
                    target = settings.DATA_DIR / kind
                    if target.exists():
                        target.rmdir()
                    (place / kind).rename(target)
        verdict.problems += _differences(backup.manifest, verdict)
        call_command("migrate", interactive=False, verbosity=0)
        table_statistics.renew()
        _look(backup, verdict)
        audit.record_now(by=by, verb="core.backup.restore", label=path.name)
    return verdict


def _expect_empty() -> None:
    if not databases.is_empty():
        raise Unusable(
            "The database is not empty, and nothing in it is overwritten. Make an empty one and "
            "name it in DATABASE_URL (docs/operations.md, Restore)."
        )
    for kind in archive.FOLDERS:
        target = settings.DATA_DIR / kind
        if target.exists() and any(target.iterdir()):
            raise Unusable(
                f"{target} is not empty, and nothing in it is overwritten. Move it away first."
            )


def _differences(manifest: dict[str, Any] | Any, verdict: Verdict) -> Iterator[str]:
    """What came back against what the manifest counted, before it is migrated."""
    found = databases.look()
    wanted: dict[str, int] = manifest["rows"]
    for table in sorted(wanted.keys() | found.rows.keys()):
        before, now = wanted.get(table), found.rows.get(table)
        if before != now:
            yield f"table {table} has {now} rows, the backup counted {before}"
    if found.audit != manifest["audit"]:
        yield f"the audit trail ends at {found.audit[:1]}, the backup's at {manifest['audit'][:1]}"
    if sorted(found.migrations) != sorted(manifest["migrations"]):
        yield "the migrations are not those of the backup"
    verdict.facts.append(f"{sum(wanted.values()):,} rows in {len(wanted)} tables were compared")


def _look(backup: archive.Reader, verdict: Verdict) -> None:
    """The restored installation, at this release."""
    trail = audit.verify()
    verdict.problems += [f"audit trail: {problem}" for problem in trail.problems[:20]]
    if trail.is_intact:
        verdict.facts.append(f"the audit trail is intact: {trail.entries:,} entries")
    _open_some(verdict)
    rows = missing = 0
    for model in attachments.models():
        ready = model._default_manager.filter(state=model.State.READY).exclude(
            scan=model.Scan.INFECTED
        )
        for row in ready.iterator(chunk_size=2000):
            rows += 1
            missing += not attachments.path_of(row).is_file()
    verdict.facts.append(f"{rows - missing:,} of {rows:,} attachments have their file")
    if missing:
        verdict.warnings.append(f"{missing} attachments had lost their file before the backup")


def _open_some(verdict: Verdict) -> None:
    """Opens sealed values at either end of every column: the first are old keys', the last new."""
    opened = 0
    for column in sealed.registered():
        rows = column.model._default_manager.exclude(**{column.field: ""})
        ends = {row.pk: row for order in ("pk", "-pk") for row in rows.order_by(order)[:SAMPLE]}
        shut = 0
        for row in ends.values():
            text, uid = getattr(row, column.field), row.uid  # type: ignore[attr-defined]
            try:
                crypto.unseal(text, column=column.column, row=uid)
                opened += 1
            except crypto.Unreadable:
                shut += 1
        if shut:
            verdict.problems.append(f"{shut} values of {column.column} do not open with the keys")
    verdict.facts.append(f"{opened} sealed values were opened with the keys")
    connection.close()

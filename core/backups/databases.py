"""The database in a backup: written down while the portal works, and brought back."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from .archive import Unusable


@dataclass
class Snapshot:
    """What the database was at one moment."""

    rows: dict[str, int] = field(default_factory=dict)
    migrations: list[list[str]] = field(default_factory=list)
    audit: list[Any] = field(default_factory=list)
    server: str = ""


def member() -> str:
    """What this engine's database is called in an archive."""
    return "database.sqlite3" if connection.vendor == "sqlite" else "database.dump"


def dump(target: Path) -> Snapshot:
    """Writes the database to `target` and tells what was in it, both at the same moment; nobody
    waits for it. Raises Unusable."""
    if connection.vendor == "sqlite":
        return _dump_sqlite(target)
    with transaction.atomic(), connection.cursor() as cursor:
        # The dump and the counts read one snapshot, whatever is written meanwhile.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        found = _look(cursor)
        cursor.execute("SHOW server_version")
        found.server = f"PostgreSQL {cursor.fetchone()[0]}"
        _run_postgres(
            "pg_dump",
            *("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"),
            f"--file={target}",
        )
    return found


def _dump_sqlite(target: Path) -> Snapshot:
    source = f"file:{connection.settings_dict['NAME']}?mode=ro"
    with closing(sqlite3.connect(source, uri=True, timeout=60)) as live:
        target.touch(mode=0o600)
        with closing(sqlite3.connect(target)) as copy:
            live.backup(copy)  # in one step: a moment between two writers
            copy.execute("PRAGMA journal_mode=DELETE")
            damage = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
            if damage != "ok":
                raise Unusable(f"The database file is damaged: {damage}.")
            found = _look(copy.cursor())
    found.server = f"SQLite {sqlite3.sqlite_version}"
    return found


def look() -> Snapshot:
    """What the database is now."""
    with transaction.atomic(), connection.cursor() as cursor:
        return _look(cursor)


def _look(cursor: Any) -> Snapshot:
    """Read by plain SQL: the tables may be those of another release."""

    def rows(sql: str) -> list[Any]:
        cursor.execute(sql)
        return list(cursor.fetchall())

    quoted = connection.ops.quote_name
    found = Snapshot()
    for table in _tables(rows):
        found.rows[table] = rows(f"SELECT count(*) FROM {quoted(table)}")[0][0]  # noqa: S608
    if "django_migrations" in found.rows:
        found.migrations = [
            list(row) for row in rows("SELECT app, name FROM django_migrations ORDER BY app, name")
        ]
    if "core_audithead" in found.rows:
        heads = rows("SELECT sequence, hash FROM core_audithead WHERE id = 1")
        found.audit = list(heads[0]) if heads else []
    return found


def _tables(rows: Any) -> list[str]:
    if connection.vendor == "sqlite":
        sql = "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    else:
        sql = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    return sorted(row[0] for row in rows(sql))


def is_empty() -> bool:
    """Whether the database has no table yet."""
    return not look().rows


def load(source: Path) -> None:
    """Fills the empty database from what `dump` wrote: all of it, or nothing. Raises Unusable."""
    if connection.vendor == "sqlite":
        connection.close()
        target = Path(connection.settings_dict["NAME"])
        for rest in ("-wal", "-shm"):
            target.with_name(target.name + rest).unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(f".{target.name}.restoring")
        shutil.copyfile(source, half)
        half.chmod(0o600)
        half.replace(target)
        return
    connection.close()
    _run_postgres(
        "pg_restore",
        *("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"),
        f"--dbname={connection.settings_dict['NAME']}",
        str(source),
    )


_VARIABLES = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def _run_postgres(program: str, *arguments: str) -> None:
    """Runs one of PostgreSQL's programs on the portal's database. The password goes through the
    environment: arguments are seen by everybody on the machine."""
    given: Mapping[str, Any] = connection.settings_dict
    environment = {**os.environ, "PGDATABASE": str(given["NAME"]), "PGCONNECT_TIMEOUT": "10"}
    # Time limits of the portal's own connections are none of its.
    environment.pop("PGOPTIONS", None)
    for variable, value in (
        ("PGHOST", given["HOST"]),
        ("PGPORT", given["PORT"]),
        ("PGUSER", given["USER"]),
        ("PGPASSWORD", given["PASSWORD"]),
        *((name, (given.get("OPTIONS") or {}).get(key)) for key, name in _VARIABLES.items()),
    ):
        if value:
            environment[variable] = str(value)
    done = subprocess.run(
        [_program(program), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = " ".join(done.stderr.split())[:1000]
        raise Unusable(f"{program} ended with code {done.returncode}: {said}")


def _program(name: str) -> str:
    """The newest one installed: an older one refuses a newer server."""

    def release(path: Path) -> int:
        found = re.search(r"/(\d+)/bin/", str(path))
        return int(found[1]) if found else 0

    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=release)
    program = str(found[-1]) if found else shutil.which(name)
    if not program:
        raise Unusable(f"{name} is not installed here: apt-get install postgresql-client")
    return program


@contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """A private folder inside `folder` for what is not whole yet; gone with the block."""
    place = folder / f".unfinished-{os.getpid()}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)

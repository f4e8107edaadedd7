"""What is made once in a run and copied by all of its processes: a migrated database, a demo zone.

Migrating takes seconds, copying does not. The first process that needs a database migrates one
and leaves a copy as the template; the others wait for that and copy it: on PostgreSQL by CREATE
DATABASE … TEMPLATE (tests/database.py), on SQLite the file, also for the portals that tests start
beside themselves.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from . import servers

_held: list[Path] = []


@contextmanager
def alone() -> Iterator[Path]:
    """One process of the run at a time; gives the folder that they share. May be nested."""
    folder = Path(os.environ["TEST_RUN_DIR"])
    if _held:
        yield folder
        return
    with (folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _held.append(folder)
        try:
            yield folder
        finally:
            _held.pop()


def migrate(environment: Mapping[str, str]) -> None:
    """Gives the new installation of `environment` its tables, on SQLite by a copy."""
    if "DATABASE_URL" in environment:
        servers.manage(environment, "migrate", "--verbosity", "0")
        return
    with alone() as folder:
        template = folder / "template.sqlite"
        if not template.exists():
            making = folder / "making-template"
            servers.manage(servers.portal_environment(making), "migrate", "--verbosity", "0")
            keep(making / "portal.sqlite3", template)
    target = Path(environment["DATA_DIR"])
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, target / "portal.sqlite3")


def seed(environment: Mapping[str, str], *arguments: str) -> None:
    """Gives the new demo installation of `environment` its tables and its zone, which the first
    process of the run has made; `arguments` are those of seed_demo, the same in all of them."""
    with alone() as folder:
        seeded = folder / "seeded"
        if not seeded.exists():
            shutil.rmtree(folder / "seeding", ignore_errors=True)  # of one that failed
            making = {**environment, "DATA_DIR": str(folder / "seeding")}
            migrate(making)
            servers.manage(making, "seed_demo", *arguments, timeout=900)
            (folder / "seeding").rename(seeded)
    shutil.copytree(seeded, environment["DATA_DIR"], dirs_exist_ok=True)


def keep(made: Path, template: Path) -> None:
    """Puts a copy of a database where the others look for it, in one step."""
    half = template.with_suffix(".half")
    with closing(sqlite3.connect(made)) as source, closing(sqlite3.connect(half)) as target:
        source.backup(target)  # with what still stands in its journal
    half.rename(template)

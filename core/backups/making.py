"""Writes a backup while the portal works, and deletes the ones that are old enough."""

import datetime as dt
import fcntl
import logging
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from .. import audit, clock
from ..actor import Actor
from . import archive, databases
from .archive import NAME, Unusable

logger = logging.getLogger("portal.backups")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One backup or restore in a folder at a time. Raises Unusable while another runs."""
    try:
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Unusable(f"{folder} cannot be written to: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise Unusable(f"Another backup or restore is running in {folder}.") from None
    try:
        yield
    finally:
        os.close(lock)


def make(*, folder: Path, by: Actor) -> Path:
    """Writes a backup into `folder` and reads it again; returns its path.

    The database first, then the files: one that comes in between is in no row yet, while a row
    never lacks its file. What fails leaves nothing behind. Raises Unusable.
    """
    _prepare(folder)
    now = clock.now().astimezone(dt.UTC)
    target = folder / f"portal-{now:%Y%m%dT%H%M%SZ}.tar"
    with alone(folder):
        for rest in folder.glob(".unfinished-*"):  # of one that was killed
            shutil.rmtree(rest, ignore_errors=True)
        try:
            with databases.unfinished(folder) as place:
                half = place / "half.tar"
                _write(half, place, now)
                with archive.reading(half) as written:
                    files = len(written.files)
                half.chmod(0o600)
                try:
                    os.link(half, target)  # never over another one
                except FileExistsError:
                    raise Unusable(f"{target} is there already and stays as it is.") from None
        except OSError as error:
            raise Unusable(f"The backup could not be written to {folder}: {error}.") from error
        _to_disk(folder)
    try:
        audit.record_now(
            by=by,
            verb="core.backup.make",
            label=target.name,
            changes={"files": [None, files], "bytes": [None, target.stat().st_size]},
        )
    except DatabaseError:  # it stands; so busy a database is no reason to call it failed
        logger.exception("%s was made and could not be written into the audit trail", target.name)
    return target


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unusable(f"{folder} cannot be made: {error.strerror}.") from error


def _write(half: Path, place: Path, now: dt.datetime) -> None:
    name = databases.member()
    snapshot = databases.dump(place / name)
    with archive.writing(half) as target:
        target.add(name, place / name)
        for kind in archive.FOLDERS:
            for path in _files(settings.DATA_DIR / kind):
                target.add(str(path.relative_to(settings.DATA_DIR)), path)
        target.close(
            {
                "made_at": now.isoformat(timespec="seconds"),
                "server": snapshot.server,
                "python": platform.python_version(),
                "rows": snapshot.rows,
                "migrations": snapshot.migrations,
                "audit": snapshot.audit,
                "key_ids": list(settings.FIELD_KEYS),
            }
        )
    with half.open("rb") as written:
        os.fsync(written.fileno())


def _files(folder: Path) -> Iterator[Path]:
    """The stored files; not what is being written at this moment, which has another name."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(settings.DATA_DIR)
        if path.suffix == ".part" or path.is_symlink() or not path.is_file():
            continue
        if archive.is_member(str(relative)):
            yield path


def _to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def prune(*, folder: Path, keep_days: int, keep_count: int) -> list[str]:
    """Deletes backups older than `keep_days`, but never the newest `keep_count` (at least one);
    returns their names. Files of other names stay."""
    with alone(folder):
        names = sorted(path.name for path in folder.iterdir() if NAME.fullmatch(path.name))
        oldest = clock.now().astimezone(dt.UTC) - dt.timedelta(days=keep_days)
        gone = []
        for name in names[: -max(keep_count, 1)]:
            if name < f"portal-{oldest:%Y%m%dT%H%M%SZ}.tar":
                (folder / name).unlink(missing_ok=True)
                gone.append(name)
    return gone

"""Backup, restore with its verdict, and what must not be restored: whole installations, each in a
folder of its own, on SQLite here and on PostgreSQL where that runs."""

import json
import os
import shutil
import sqlite3
import tarfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.apps import apps

from core import sealed

from . import servers, templates

FILL = """
from pathlib import Path
import uuid
from django.conf import settings
from core.actor import system
from orgs.actions import administrators, accounts
by = system('试验')
administrators.create_first_three(by=by)
for number in range(3):
    accounts.create_user(by=by, username=f'person{number}', name='张三', phone=f'1380000000{number}')
for kind, name in (('attachments/ab', uuid.uuid4().hex), ('imports', f'{uuid.uuid4()}.sealed')):
    place = Path(settings.DATA_DIR) / kind
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(b'content')
(Path(settings.DATA_DIR) / 'attachments/ab/half.part').write_bytes(b'half')
"""


@pytest.fixture
def new_database() -> Iterator[Any]:
    """Gives a DATABASE_URL of an empty database each time: none on SQLite, where a folder does."""
    url, made = os.environ.get("DATABASE_URL", ""), []

    def admin(sql: str) -> None:
        with closing(psycopg2.connect(url)) as line:
            line.autocommit = True
            line.cursor().execute(sql)

    def new() -> dict[str, str]:
        if not url:
            return {}
        name = f"backup_{uuid.uuid4().hex[:12]}"
        admin(f'CREATE DATABASE "{name}"')
        made.append(name)
        return {"DATABASE_URL": f"{url.rpartition('/')[0]}/{name}"}

    yield new
    for name in made:
        admin(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def filled(tmp_path: Path, new_database: Any) -> dict[str, str]:
    """A production installation with some accounts and files."""
    environment = servers.production_environment(
        tmp_path / "live", BACKUP_DIR=str(tmp_path / "backups"), **new_database()
    )
    templates.migrate(environment)
    servers.manage(environment, "shell", "-c", FILL)
    return environment


def empty(environment: dict[str, str], folder: Path, new_database: Any) -> dict[str, str]:
    """Another installation with the same keys and nothing in it."""
    folder.mkdir(exist_ok=True)
    return {**environment, "DATA_DIR": str(folder), **new_database()}


def backups_of(environment: dict[str, str]) -> list[Path]:
    return sorted(Path(environment["BACKUP_DIR"]).glob("portal-*.tar"))


def backed_up(environment: dict[str, str]) -> Path:
    servers.manage(environment, "backup")
    return backups_of(environment)[-1]


def refused(environment: dict[str, str], *arguments: str) -> str:
    with pytest.raises(servers.ServerError) as caught:
        servers.manage(environment, *arguments)
    assert "Traceback" not in str(caught.value)
    return str(caught.value)


@pytest.mark.database
def test_there_and_back(filled: dict[str, str], tmp_path: Path, new_database: Any) -> None:
    made = backed_up(filled)
    assert made.stat().st_mode & 0o777 == 0o600
    assert made.parent.stat().st_mode & 0o777 == 0o700
    assert "The backup is good." in servers.manage(filled, "restore", "--check", str(made))

    other = empty(filled, tmp_path / "other", new_database)
    said = servers.manage(other, "restore", str(made))
    assert "The installation is restored whole." in said
    assert "3 sealed values were opened" in said
    for live in (Path(filled["DATA_DIR"]) / "attachments", Path(filled["DATA_DIR"]) / "imports"):
        restored = Path(other["DATA_DIR"]) / live.name
        files = {path.name for path in live.rglob("*") if path.is_file()} - {"half.part"}
        assert {path.name for path in restored.rglob("*") if path.is_file()} == files
    assert not list(Path(other["DATA_DIR"]).glob(".unfinished*"))
    assert "intact" in servers.manage(other, "verify_audit")
    verbs = "from core.models import AuditEntry; print([e.verb for e in AuditEntry.objects.order_by('-sequence')[:2]])"
    # The restore is in the trail; the backup came after the moment that it shows.
    assert "core.backup.restore" in servers.manage(other, "shell", "-c", verbs)
    assert "core.backup.make" in servers.manage(filled, "shell", "-c", verbs)

    # Not over what is there.
    assert "not empty" in refused(other, "restore", str(made))


@pytest.mark.database
def test_while_somebody_writes(filled: dict[str, str], tmp_path: Path, new_database: Any) -> None:
    """Every backup that is made while rows come in is of one moment."""
    writing = (
        "import time; from orgs.actions import accounts; from core.actor import system\n"
        "for n in range(60):\n"
        "    accounts.create_user(by=system(), username=f'w{n}x', name='李四'); time.sleep(0.05)"
    )
    writer = threading.Thread(target=servers.manage, args=(filled, "shell", "-c", writing))
    writer.start()
    backed_up(filled)
    writer.join()
    other = empty(filled, tmp_path / "other", new_database)
    said = servers.manage(other, "restore", str(backups_of(filled)[0]))
    assert "restored whole" in said


def test_what_does_not_fit_is_refused_before_anything_is_written(
    filled: dict[str, str], tmp_path: Path
) -> None:
    made = backed_up(filled)
    other = {**filled, "DATA_DIR": str(tmp_path / "other")}
    other.pop("DATABASE_URL", None)

    foreign = servers.production_environment(tmp_path / "foreign")
    assert "AUDIT_KEY is not the one" in refused(foreign, "restore", str(made))
    for key in ("FIELD_KEYS", "INDEX_KEY"):
        assert key in refused({**other, key: foreign[key]}, "restore", "--check", str(made))

    cut = tmp_path / "cut.tar"
    cut.write_bytes(made.read_bytes()[: made.stat().st_size // 2])
    assert "only the beginning" in refused(other, "restore", str(cut))
    assert "There is no file" in refused(other, "restore", str(tmp_path / "none.tar"))
    nonsense = tmp_path / "nonsense.tar"
    nonsense.write_bytes(b"\x00\xff" * 5000)
    assert "no backup" in refused(other, "restore", str(nonsense))

    turned = bytearray(made.read_bytes())
    turned[turned.index(b"content")] ^= 1
    (tmp_path / "turned.tar").write_bytes(turned)
    assert "is not what was stored" in refused(other, "restore", str(tmp_path / "turned.tar"))

    added = tmp_path / "added.tar"
    shutil.copy(made, added)
    with tarfile.open(added, "a") as tar:
        tar.add(__file__, "attachments/../../evil")
    assert "does not belong in it" in refused(other, "restore", str(added))

    newer = tmp_path / "newer.tar"
    with tarfile.open(made) as tar:
        manifest = json.loads(tar.extractfile("manifest.json").read())
    manifest["migrations"].append(["core", "9999_of_tomorrow"])
    text = json.dumps(manifest, ensure_ascii=False).encode()
    (tmp_path / "manifest.json").write_bytes(text)
    shutil.copy(made, newer)
    with tarfile.open(newer, "a") as tar:
        tar.add(tmp_path / "manifest.json", "manifest.json")
    assert "does not fit its seal" in refused(other, "restore", str(newer))

    assert not list((tmp_path / "other").glob("[!.]*"))


def test_a_newer_release_is_named(filled: dict[str, str], tmp_path: Path) -> None:
    if "DATABASE_URL" in filled:
        pytest.skip("says the same on every database")
    with closing(sqlite3.connect(Path(filled["DATA_DIR"]) / "portal.sqlite3")) as live:
        live.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('core', '9999_x', '2026-01-01')"
        )
        live.commit()
    made = backed_up(filled)
    said = refused({**filled, "DATA_DIR": str(tmp_path / "other")}, "restore", str(made))
    assert "made by a newer release" in said
    assert "core.9999_x" in said


def test_never_two_at_once_and_nothing_half(filled: dict[str, str]) -> None:
    folder = Path(filled["BACKUP_DIR"])
    folder.mkdir()
    killed = folder / ".unfinished-1"
    killed.mkdir()
    (killed / "half.tar").write_bytes(b"x" * 100)
    import fcntl

    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "Another backup or restore is running" in refused(filled, "backup")
    backed_up(filled)
    assert not killed.exists()
    assert len(backups_of(filled)) == 1

    there = folder.parent / "file"
    there.write_text("no folder")
    assert "cannot be made" in refused(filled, "backup", "--to", str(there / "x"))
    without = {key: value for key, value in filled.items() if key != "BACKUP_DIR"}
    assert "Set BACKUP_DIR" in refused(without, "backup")


def test_old_backups_go_and_the_newest_stay(filled: dict[str, str]) -> None:
    folder = Path(filled["BACKUP_DIR"])
    folder.mkdir()
    old = [f"portal-2026010{day}T010000Z.tar" for day in range(1, 6)]
    for name in (*old, "by-hand.tar"):
        (folder / name).write_bytes(b"x")
    few = {**filled, "BACKUP_KEEP_COUNT": "3", "BACKUP_KEEP_DAYS": "30"}
    servers.manage(few, "backup", "--keep-all")
    assert len(backups_of(few)) == 6
    servers.manage({**few, "BACKUP_KEEP_DAYS": "30000"}, "backup")
    assert len(backups_of(few)) == 7
    said = servers.manage(few, "backup")
    assert "deleted portal-20260101T010000Z.tar" in said
    left = [path.name for path in backups_of(few)]
    assert len(left) == 3
    assert not set(left) & set(old)
    assert (folder / "by-hand.tar").exists()


def test_every_sealed_column_is_known() -> None:
    wanted = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.name.endswith("_sealed")
    }
    assert {(one.model, one.field) for one in sealed.registered()} == wanted

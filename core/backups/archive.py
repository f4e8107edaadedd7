"""The file of a backup: a tar of the database and the files, its manifest as the last member.

The manifest has size and SHA-256 of every member, and is sealed with the audit key: whoever can
write to the folder of the backups, and does not hold the key, can neither alter nor make one.
"""

import hashlib
import hmac
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from .. import crypto

FORMAT = 1
MANIFEST = "manifest.json"
DATABASES = ("database.dump", "database.sqlite3")
FOLDERS = ("attachments", "imports")
"""What of DATA_DIR cannot be made anew. Documents and static files can."""
_STEP = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_MEMBER = re.compile(rf"(?:{'|'.join(FOLDERS)})(?:/{_STEP})+")
PROBE = "core.backup.probe"
NAME = re.compile(r"portal-(\d{8}T\d{6}Z)\.tar")


class Unusable(Exception):
    """A backup could not be made, read or restored; the text says why and what to do."""


def is_member(name: str) -> bool:
    """Whether a file of a backup may be called so: nothing leads out of the data folder."""
    return name in DATABASES or bool(_MEMBER.fullmatch(name))


def _sealed(facts: Mapping[str, Any]) -> str:
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(settings.AUDIT_KEY, b"backup\n" + text.encode(), hashlib.sha256).hexdigest()


class Writer:
    """Adds members to a new archive and remembers what they were."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, path: Path) -> None:
        """Adds the file at `path`. One that is gone by now is left out."""
        try:
            source = path.open("rb")
        except FileNotFoundError:
            return
        with source:
            reader = _Hashing(source)
            info = tarfile.TarInfo(name)
            facts = os.fstat(source.fileno())  # by its name it may be gone by now
            info.size, info.mode, info.mtime = facts.st_size, 0o600, int(facts.st_mtime)
            self._tar.addfile(info, reader)  # raises when the file has become shorter
            self.files[name] = {"size": info.size, "sha256": reader.hash.hexdigest()}

    def close(self, facts: Mapping[str, Any]) -> None:
        """Adds the manifest: `facts`, the members, the seal."""
        moment = str(facts["made_at"])
        manifest = {
            "format": FORMAT,
            **facts,
            "files": self.files,
            # Tell before anything is written whether the keys at hand are those of the backup.
            "probe": crypto.seal("portal", column=PROBE, row=moment),
            "index_probe": crypto.blind_index(moment, column=PROBE),
        }
        content = json.dumps({**manifest, "seal": _sealed(manifest)}, ensure_ascii=False).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(content), 0o600
        self._tar.addfile(info, io.BytesIO(content))


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._file.read(size)
        self.hash.update(part)
        return part


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new archive at `path`."""
    with tarfile.open(path, "x", format=tarfile.PAX_FORMAT) as tar:
        yield Writer(tar)


class Reader:
    """An archive that has been checked: every member is what its manifest says."""

    def __init__(self, tar: tarfile.TarFile, manifest: Mapping[str, Any]) -> None:
        self._tar = tar
        self.manifest = manifest

    @property
    def database(self) -> str:
        """The member that holds the database."""
        return next(name for name in self.manifest["files"] if name in DATABASES)

    @property
    def files(self) -> list[str]:
        """All other members."""
        return [name for name in self.manifest["files"] if name not in DATABASES]

    def extract(self, name: str, target: Path) -> None:
        """Writes one member to `target`, readable by its owner, and compares it once more."""
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("xb") as file:
            target.chmod(0o600)
            found = hashlib.sha256()
            for part in _parts(self._tar, name):
                found.update(part)
                file.write(part)
        if found.hexdigest() != self.manifest["files"][name]["sha256"]:
            raise Unusable(f"{name} changed while it was read.")


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """The archive at `path`, after everything in it was compared with its manifest and its keys
    with those at hand. Raises Unusable with all that is wrong."""
    try:
        with tarfile.open(path, "r:") as tar:
            manifest = _manifest(tar, path)
            problems = list(_differences(tar, manifest))
            if problems:
                raise Unusable(f"{path.name} is damaged: {'; '.join(problems[:20])}.")
            _compare_keys(manifest, path)
            yield Reader(tar, manifest)
    except FileNotFoundError:
        raise Unusable(f"There is no file {path}.") from None
    except (tarfile.TarError, EOFError) as error:
        raise Unusable(
            f"{path.name} is no backup, or only the beginning of one: {error}."
        ) from error


def _manifest(tar: tarfile.TarFile, path: Path) -> dict[str, Any]:
    try:
        file = tar.extractfile(MANIFEST)
        manifest = json.loads(file.read()) if file else {}
    except (KeyError, ValueError):
        raise Unusable(
            f"{path.name} has no readable manifest: it is no backup of this portal, or only the "
            "beginning of one."
        ) from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Unusable(
            f"{path.name} is of another format; a release that knows it is needed to read it."
        )
    seal = manifest.pop("seal", "")
    if not hmac.compare_digest(str(seal), _sealed(manifest)):
        raise Unusable(
            f"The manifest of {path.name} does not fit its seal: AUDIT_KEY is not the one that the "
            "backup was made with, or somebody has altered it."
        )
    return manifest


def _differences(tar: tarfile.TarFile, manifest: Mapping[str, Any]) -> Iterator[str]:
    wanted = dict(manifest["files"])
    if sum(name in DATABASES for name in wanted) != 1:
        yield "it does not hold one database"
    for member in tar.getmembers():
        if member.name == MANIFEST:
            continue
        facts = wanted.pop(member.name, None)
        if facts is None or not member.isreg() or not is_member(member.name):
            yield f"{member.name!r} does not belong in it"
            continue
        found = hashlib.sha256()
        for part in _parts(tar, member.name):
            found.update(part)
        if (member.size, found.hexdigest()) != (facts["size"], facts["sha256"]):
            yield f"{member.name} is not what was stored"
    yield from (f"{name} is missing" for name in wanted)


def _parts(tar: tarfile.TarFile, name: str) -> Iterator[bytes]:
    file = tar.extractfile(name)
    while file and (part := file.read(1 << 20)):
        yield part


def _compare_keys(manifest: Mapping[str, Any], path: Path) -> None:
    moment = str(manifest["made_at"])
    try:
        crypto.unseal(manifest["probe"], column=PROBE, row=moment)
    except crypto.Unreadable:
        raise Unusable(
            f"FIELD_KEYS does not open what {path.name} holds: use the keys of the installation "
            "that the backup was made of."
        ) from None
    if crypto.blind_index(moment, column=PROBE) != manifest["index_probe"]:
        raise Unusable(f"INDEX_KEY is not the one that {path.name} was made with.")

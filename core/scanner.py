"""The anti-virus scanner, if there is one: clamd over its INSTREAM command."""

import socket
import struct
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

_PIECE = 64 * 1024


class ScannerSilent(Exception):
    """clamd did not answer, or not with a verdict. Nobody knows whether the file is clean."""


def is_configured() -> bool:
    """Whether files have to be scanned before anybody may open them."""
    return bool(settings.CLAMD_URL)


def is_infected(path: Path) -> bool:
    """Asks clamd about one file. Raises ScannerSilent when there is no verdict.

    clamd answers OK for what lies beyond its own limits unless AlertExceedsMax is on: its
    StreamMaxLength must be above UPLOAD_MAX_BYTES (docs/operations.md).
    """
    try:
        with _connect() as line, path.open("rb") as file:
            line.sendall(b"zINSTREAM\0")
            while piece := file.read(_PIECE):
                line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
            answer = b""
            while len(answer) < 4096 and b"\0" not in answer:
                more = line.recv(1024)
                if not more:
                    break
                answer += more
    except OSError as error:
        raise ScannerSilent(type(error).__name__) from error
    verdict = answer.rstrip(b"\0\r\n ")
    if verdict.endswith(b" FOUND"):
        return True
    if verdict == b"stream: OK":
        return False
    raise ScannerSilent("no verdict")


def _connect() -> socket.socket:
    where = urlsplit(settings.CLAMD_URL)
    if where.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(settings.CLAMD_TIMEOUT)
        line.connect(where.path)
        return line
    line = socket.create_connection(
        (where.hostname or "127.0.0.1", where.port or 3310), timeout=settings.CLAMD_TIMEOUT
    )
    line.settimeout(settings.CLAMD_TIMEOUT)
    return line

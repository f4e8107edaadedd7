"""A small load generator: keep-alive clients in threads, for a number of seconds."""

import re
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import servers  # noqa: E402 - found by the line above

PATIENCE = 30  # seconds
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def quantile(seconds: Sequence[float], share: float) -> float:
    """The value that `share` of `seconds` do not exceed; 0 of nothing."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


@dataclass
class Load:
    """What came back. `seconds` are those of each answer, `wall` of the whole run."""

    wall: float = 0.0
    seconds: list[float] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.wall if self.wall else 0.0


class _Client:
    """One keep-alive connection that asks for one page again and again. It reads no more of an
    answer than it must: it works on the same cores as the servers it measures."""

    def __init__(self, url: str, path: str, cookie: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {host}:{port}",
            *([f"Cookie: {cookie}"] * bool(cookie)),
        ]
        self._request = "\r\n".join([*lines, "", ""]).encode()
        self._socket = socket.create_connection((host, int(port)), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> tuple[int, bytes]:
        """The status and the body of one answer. Raises OSError."""
        self._socket.sendall(self._request)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if length is None:
            raise OSError("an answer without its length")
        parts, missing = [body], int(length[1]) - len(body)
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        return int(head[9:12]), b"".join(parts)

    def _more(self) -> bytes:
        found = self._socket.recv(65536)
        if not found:
            raise OSError("the connection was closed")
        return found

    def close(self) -> None:
        self._socket.close()


def press(
    url: str,
    path: str,
    *,
    cookie: str = "",
    wanted: str = "",
    clients: int = 8,
    seconds: float = 5.0,
) -> Load:
    """`clients` keep-alive connections, each asking for `path` again and again. An answer that is
    not 200 or in which `wanted` does not stand is counted among the bad."""
    found, text = Load(), wanted.encode()
    end = time.perf_counter() + seconds

    def one() -> None:
        client = None
        try:
            client = _Client(url, path, cookie)
            while time.perf_counter() < end:
                started = time.perf_counter()
                status, body = client.ask()
                found.seconds.append(time.perf_counter() - started)
                if status != 200:
                    found.bad.append(f"{path}: {status}")
                elif text not in body:
                    found.bad.append(f"{path}: {wanted} is missing")
        except OSError as error:
            found.bad.append(f"{path}: {error}")
        finally:
            if client is not None:
                client.close()

    started = time.perf_counter()
    threads = [threading.Thread(target=one) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.wall = time.perf_counter() - started
    return found


@contextmanager
def web(environment: Mapping[str, str], *, workers: int = 2) -> Iterator[str]:
    """The portal and the bare page on `workers` granian workers; yields the address."""
    port = servers.free_port()
    command = [
        *(sys.executable, "-m", "granian", "benchmarks.served:application"),
        *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--http", "1"),
        *("--no-ws", "--workers", str(workers), "--blocking-threads", "4"),
        *("--log-level", "error", "--working-dir", str(ROOT)),
    ]
    server = servers.start("The web server", command, environment=environment)
    server.url = f"http://127.0.0.1:{port}"
    try:
        servers.wait_until(server, lambda: servers.answers(server.url + "/bare/"), timeout=60)
        yield server.url
    finally:
        server.stop()

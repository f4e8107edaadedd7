"""A small load generator: keep-alive clients in threads, for a number of seconds."""

import http.client
import subprocess
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


def press(url: str, path: str, *, cookie: str = "", clients: int = 8, seconds: float = 5.0) -> Load:
    """`clients` keep-alive connections, each asking for `path` again and again."""
    host = url.removeprefix("http://")
    found = Load()
    end = time.perf_counter() + seconds

    def one() -> None:
        connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        headers = {"Cookie": cookie} if cookie else {}
        try:
            while time.perf_counter() < end:
                started = time.perf_counter()
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                answer.read()
                found.seconds.append(time.perf_counter() - started)
                if answer.status != 200:
                    found.bad.append(f"{path}: {answer.status}")
        except OSError as error:
            found.bad.append(f"{path}: {error}")
        finally:
            connection.close()

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
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(environment), stdout=subprocess.DEVNULL, start_new_session=True
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while not servers.answers(url + "/bare/"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the web server did not come up")
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

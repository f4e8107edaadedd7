"""The benchmarks run, at tiny sizes."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from benchmarks.load import press, quantile
from benchmarks.run import run_part
from members.models import Member
from members.queries.headcounts import headcount, wrong_own, wrong_sums
from orgs.models import Organization

from .world import make_member

ROOT = Path(__file__).resolve().parent.parent


def test_quantile_of_answers() -> None:
    assert quantile([], 0.95) == 0
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([float(n) for n in range(100)], 0.95) == 95.0


@pytest.mark.django_db
def test_growth_hangs_copies_ten_to_a_city_below_the_top(zone: Any) -> None:
    from benchmarks.growth import grow

    top = Organization.objects.order_by("path")[0]
    before, members = Organization.objects.count(), 3
    for branch in (zone.branch, zone.branch2, zone.neighbour_branch):
        make_member(branch)
    grow(13)
    cities = Organization.objects.filter(parent=top, path__gt=f"{top.path}01000")
    assert cities.count() + 1 == 2, "the first ten, then two"
    assert Organization.objects.count() == 13 * before + 2
    assert Member.objects.count() == 13 * members
    for row in Organization.objects.exclude(pk=top.pk).select_related("parent"):
        assert row.path[:-5] == row.parent.path
        assert row.depth == row.parent.depth + 1
    assert headcount(top.path).on_roll == 13 * members
    assert wrong_own() == wrong_sums() == []


class Answering(BaseHTTPRequestHandler):
    """/good/ in two pieces, /bad/ a fault, /other/ another page."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = ("名党员" if self.path != "/other/" else "登录").encode() * 3
        self.send_response(500 if self.path == "/bad/" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:5])
        self.wfile.flush()
        self.wfile.write(body[5:])

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def answering() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_load_counts_good_answers_and_tells_the_bad() -> None:
    with answering() as url:
        good = press(url, "/good/", wanted="名党员名党员名党员", clients=2, seconds=1)
        assert len(good.seconds) > 2
        assert good.bad == []
        fault = press(url, "/bad/", wanted="名党员", clients=1, seconds=0.1)
        assert set(fault.bad) == {"/bad/: 500"}
        other = press(url, "/other/", wanted="名党员", clients=1, seconds=0.1)
        assert set(other.bad) == {"/other/: 名党员 is missing"}
        assert len(other.bad) == len(other.seconds)
    assert press(url, "/good/", clients=1, seconds=0.1).bad  # nobody listens there now


# A part that hangs while a server of its own runs.
HANGING = f"""
import sys, time
sys.path.insert(0, {str(ROOT)!r})
from benchmarks.run import end_in_order
from tests import servers
end_in_order()
server = servers.start("A server", [sys.executable, "-c", "import time; time.sleep(600)"])
try:
    time.sleep(600)
finally:
    server.stop()
"""
RUNNING = f"""
import os, sys
sys.path.insert(0, {str(ROOT)!r})
from benchmarks.run import end_in_order, run_part
end_in_order()
run_part([sys.executable, "-c", sys.argv[1]], dict(os.environ), limit=600)
"""


def marked(mark: str) -> list[int]:
    """The processes that have the mark in their environment, with all that they started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def until(is_so: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_part_that_hangs_is_stopped_with_its_servers() -> None:
    mark = uuid.uuid4().hex
    seen: list[int] = []
    watcher = threading.Thread(
        target=lambda: until(lambda: bool(seen.append(len(marked(mark))) or 2 in seen), seconds=60)
    )
    watcher.start()
    with pytest.raises(SystemExit, match="not done within 5 seconds"):
        run_part([sys.executable, "-c", HANGING], {**os.environ, "MARK": mark}, limit=5)
    watcher.join()
    assert 2 in seen  # the part and its server did run
    assert until(lambda: not marked(mark), seconds=5)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_interrupted_benchmark_leaves_nothing_running(number: signal.Signals) -> None:
    mark = uuid.uuid4().hex
    run = subprocess.Popen(
        [sys.executable, "-c", RUNNING, HANGING], env={**os.environ, "MARK": mark}
    )
    assert until(lambda: len(marked(mark)) == 3, seconds=60)
    run.send_signal(number)
    assert run.wait(60) == (-9 if number == signal.SIGKILL else 128 + number)
    assert until(lambda: not marked(mark), seconds=20)


@pytest.mark.long
def test_benchmark_killed_at_its_load_leaves_nothing_running() -> None:
    mark = uuid.uuid4().hex
    run = subprocess.Popen(
        [sys.executable, "benchmarks/run.py", "--quick", "pages", "sqlite"],
        cwd=ROOT,
        env={**os.environ, "MARK": mark},
        stdout=subprocess.DEVNULL,
    )
    # The runner, the part, the web server and its two workers.
    assert until(lambda: len(marked(mark)) >= 5, seconds=240)
    run.send_signal(signal.SIGTERM)
    assert run.wait(60) == 128 + signal.SIGTERM
    assert until(lambda: not marked(mark), seconds=20)


def cells_of(text: str) -> list[list[str]]:
    """The rows of tables, as cells; the first and the last are empty."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]
    return [cells for cells in rows if len(cells) > 1]


@pytest.mark.long
@pytest.mark.parametrize("part", ["pages", "life", "assessments", "documents", "growth", "rush"])
def test_benchmark_runs_at_a_tiny_size(part: str) -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/run.py", "--quick", part, "sqlite"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    if part == "rush":
        assert "| sent | 8 |" in done.stdout
        assert "| with the text typed | 8 |" in done.stdout
        assert "| wrong | none |" in done.stdout
    elif part == "life":
        assert "attendances, saved" in done.stdout
        grown = done.stdout.rpartition("## Organisation life")[2]
        counts = {cells[1]: (cells[2], cells[6]) for cells in cells_of(grown) if len(cells) == 8}
        for piece in ("ledger of a street, whole", "study hours of the zone"):
            assert piece in counts
        for now, first in list(counts.values())[2:]:
            assert now == first, "more queries for more organisations"
    elif part == "assessments":
        _, first, grown = done.stdout.split("## Assessments")
        for name in ("facts of", "whole cycle,", "one changed fact,"):
            costs = [
                [
                    cells[2]
                    for cells in cells_of(piece)
                    if cells[1].startswith(name) and cells[1].endswith("25 indicators")
                ]
                for piece in (first, grown)
            ]
            assert [len(cost) for cost in costs] == [1, 1], name
            if name != "whole cycle,":  # written in batches
                assert costs[0] == costs[1], "more queries for more organisations"
        boards = [
            [cells[2] for cells in cells_of(piece) if cells[1].startswith("board of")]
            for piece in (first, grown)
        ]
        assert boards[0]
        assert {*boards[0], *boards[1]} == {"3"}, "more queries for more organisations"
        assert "pack of" in done.stdout
    elif part == "documents":
        assert "one report, PDF" in done.stdout
    elif part == "growth":
        grown = done.stdout.partition("Grown 2 times")[2]
        counts = {cells[1]: (cells[2], cells[7]) for cells in cells_of(grown) if len(cells) == 10}
        for page in (
            *("action items, zone", "agenda, zone", "reading page, zone"),
            *("organisation life, zone", "record of the largest branch"),
            "form of the largest branch",
        ):
            assert page in counts
        grows = {
            page: pair for page, pair in counts.items() if pair[1].isdigit() and len({*pair}) > 1
        }
        assert not grows, "more queries for more organisations"
    else:
        assert "members, branch secretary" in done.stdout

"""Runs the whole suite: on SQLite, on PostgreSQL + Redis + Celery workers, and in Chromium.

Starts private servers, removes everything it made, also on failure and on Ctrl-C.
`--only sqlite|postgres|browser` (may be repeated) and any pytest options are passed on.
`--whole` tries every odd value in every field (else a choice of them: tests/hostile.py) and counts
branches. `--long` runs the long tests instead, on PostgreSQL + Redis. `--fast` runs what needs no server,
no browser and no second process of the portal, on SQLite. Ends with the minutes of every part,
on the clock and of the processor, its ten slowest tests and its ten costliest files.
"""

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import servers

# What is run, and by how many pytest processes more than `--processes`: tests on PostgreSQL often
# wait for others. None: by one, they measure or stop what others would use.
PARTS: dict[str, tuple[str, int | None]] = {
    "sqlite": ("not (browser or worker or postgres or long)", 0),
    "postgres": ("(database or worker or postgres) and not (browser or long)", 1),
    "browser": ("browser and not long", 0),
    "long": ("long", None),
    "fast": ("not (browser or worker or postgres or long or processes)", 0),
}
USUAL = ("sqlite", "postgres", "browser")
WITH_SERVERS = ("postgres", "long")
SLOWEST = 10
# Watching every branch makes tests a quarter slower: in one part, when the whole is asked for.
MEASURED = "sqlite"
# What is said about the tests themselves, whose own branches nobody counts.
ABOUT_WATCHING = ("Module already imported", "Unable to activate pytest branch coverage")
NO_TESTS = 5  # pytest's exit code when nothing was selected


class Stopped(Exception):
    """A signal asked the run to stop."""


def _raise_stopped(number: int, frame: object) -> None:
    raise Stopped(signal.Signals(number).name)


@dataclass
class Part:
    """One part of the suite that was run: its tests by seconds, and what it cost."""

    name: str
    counts: str = "no result"
    seconds: float = 0
    processor: float = 0
    tests: list[tuple[float, str]] = field(default_factory=list)
    coverage: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        cost = f"{_minutes(self.seconds)} min, {_minutes(self.processor)} min of the processor"
        return f"{self.name}: {self.counts} in {cost}"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _processor() -> float:
    """Seconds that all processes have used which were started from here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--only", choices=PARTS, action="append", help="run this part")
    parser.add_argument("--processes", default="2", help="pytest processes where that is possible")
    parser.add_argument("--long", action="store_true", help="run the long tests instead")
    parser.add_argument("--fast", action="store_true", help="run what needs no server")
    parser.add_argument("--whole", action="store_true", help="every odd value; count branches")
    options, pytest_arguments = parser.parse_known_args()
    parts = options.only or list(USUAL)
    if options.long or options.fast:
        parts = ["long" if options.long else "fast"]
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _raise_stopped)

    folder = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    running: list[servers.Server] = []
    done: list[Part] = []
    failed = False
    try:
        for name in parts:
            part = Part(name)
            started, used = time.monotonic(), _processor()
            print(f"\n=== {name} " + "=" * 60, flush=True)
            environment = _environment(folder, name)
            if options.whole:
                environment["SWEEPS"] = "whole"
            if name in WITH_SERVERS:
                for start in (servers.start_postgres, servers.start_redis):
                    running.append(start(folder / name / start.__name__.removeprefix("start_")))
                environment["DATABASE_URL"], environment["REDIS_URL"] = (s.url for s in running)
            report = folder / f"{name}.xml"
            watched = (
                _watching(report.with_suffix(".json"))
                if options.whole and name == MEASURED and not pytest_arguments
                else []
            )
            code = _pytest(name, report, options.processes, environment, watched, pytest_arguments)
            _stop(running)
            if code not in (0, NO_TESTS):
                failed = True
            _read(report, part)
            part.seconds = time.monotonic() - started
            part.processor = _processor() - used
            done.append(part)
    except Stopped as stop:
        print(f"\nStopped by {stop}.", flush=True)
        return 130
    except servers.ServerError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        _stop(running)
        shutil.rmtree(folder, ignore_errors=True)
    _print_slowest(done)
    for part in done:
        if part.coverage:
            _print_coverage(part)
    print("\n" + "\n".join(map(str, done)))
    print("FAILED" if failed else "All parts passed.", flush=True)
    return 1 if failed else 0


def _stop(running: list[servers.Server]) -> None:
    while running:
        # SIGINT is PostgreSQL's fast shutdown.
        running.pop().stop(with_signal=signal.SIGINT)


def _print_slowest(done: list[Part]) -> None:
    tests = [(seconds, part.name, name) for part in done for seconds, name in part.tests]
    print(f"\nThe {SLOWEST} slowest tests, in seconds:")
    for seconds, part, name in sorted(tests, reverse=True)[:SLOWEST]:
        print(f"{seconds:6.1f}  {part}: {name}")
    files: dict[tuple[str, str], list[float]] = {}
    for seconds, part, name in tests:
        files.setdefault((part, name.partition("::")[0]), []).append(seconds)
    print(f"\nThe {SLOWEST} costliest files, in seconds of all their tests:")
    for (part, name), each in sorted(files.items(), key=lambda pair: -sum(pair[1]))[:SLOWEST]:
        print(f"{sum(each):6.0f}  {part}: {name}, {len(each)} tests")


def _print_coverage(part: Part) -> None:
    """The shares of branches and lines, and the files that the most branches are missing of."""
    totals = part.coverage["summary"]
    branches = totals["covered_branches"] + totals["missing_branches"]
    lines = totals["covered_lines"] + totals["missing_lines"]
    print(
        f"\nCovered by the {part.name} part: "
        f"{totals['covered_branches']} of {branches} branches "
        f"({100 * totals['covered_branches'] / max(1, branches):.1f} %), "
        f"{totals['covered_lines']} of {lines} lines. Missing branches:"
    )
    missing = {
        name: len(found["missing_branches"]) for name, found in part.coverage["files"].items()
    }
    for name, count in sorted(missing.items(), key=lambda pair: -pair[1])[:SLOWEST]:
        print(f"{count:6}  {name}")


def _environment(folder: Path, part: str) -> dict[str, str]:
    data_dir = folder / part
    data_dir.mkdir(parents=True)
    dropped = {"PYTHONDONTWRITEBYTECODE", "DATABASE_URL", "REDIS_URL", "PORTAL_BACKGROUND"}
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    own = {"PORTAL_MODE": "test", "DATA_DIR": str(data_dir), "TEST_RUN_DIR": str(folder)}
    return {**kept, **own}


def _watching(report: Path) -> list[str]:
    """What comes before `-m pytest` to have the branches of our own code counted into `report`.

    Slipcover writes its counters into the code it watches, so that Django's runs at full speed;
    tracing (coverage.py before Python 3.12) made the part take twice as long.
    """
    packages = [path.parent for path in sorted(servers.ROOT.glob("*/__init__.py"))]
    sources = ",".join(path.name for path in packages if path.name not in ("tests", "benchmarks"))
    return [
        *("-m", "slipcover", "--branch", "--source", sources),
        *("--omit", "*/migrations/*", "--json", "--out", str(report)),
    ]


def _pytest(
    part: str,
    report: Path,
    processes: str,
    environment: dict[str, str],
    watched: list[str],
    more: list[str],
) -> int:
    """Runs the part's tests; `watched` comes before pytest, `more` after it. Its exit code."""
    markers, more_processes = PARTS[part]
    unwatched = [f"-Wignore:{said}" for said in ABOUT_WATCHING] if watched else []
    command = [sys.executable, *watched, "-m", "pytest", *unwatched]
    command += ["-m", markers, f"--junit-xml={report}", *more]
    if more_processes is not None and processes != "0":
        command += ["-n", str(int(processes) + more_processes)]
    pytest = subprocess.Popen(command, cwd=servers.ROOT, env=environment)
    try:
        return pytest.wait()
    except Stopped:
        # In a terminal pytest got the same Ctrl-C; otherwise it is told here.
        pytest.send_signal(signal.SIGINT)
        try:
            pytest.wait(30)
        except subprocess.TimeoutExpired:
            pytest.kill()
            pytest.wait()
        raise


def _read(report: Path, part: Part) -> None:
    """`N passed, N failed, N skipped` and the seconds of each test, from pytest's own report."""
    measured = report.with_suffix(".json")
    if measured.exists():
        part.coverage = json.loads(measured.read_text())
    suite = ElementTree.parse(report).getroot().find("testsuite") if report.exists() else None  # noqa: S314
    if suite is None:
        return
    count = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
    bad = count["failures"] + count["errors"]
    passed = count["tests"] - bad - count["skipped"]
    part.counts = f"{passed} passed, {bad} failed, {count['skipped']} skipped"
    part.tests = [
        (float(test.get("time", 0)), f"{str(test.get('classname'))[6:]}::{test.get('name')}")
        for test in suite.iter("testcase")
    ]


if __name__ == "__main__":
    sys.exit(main())

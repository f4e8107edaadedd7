"""Runs the whole suite: on SQLite, on PostgreSQL + Redis + Celery workers, and in Chromium.

Starts private servers, removes everything it made, also on failure and on Ctrl-C.
`--only sqlite|postgres|browser` (may be repeated) and any pytest options are passed on.
`--long` runs the long tests instead, on PostgreSQL + Redis.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import servers

PARTS = {
    "sqlite": ("not browser and not worker and not postgres and not long", True),
    "postgres": ("not browser and not long and not apart", True),
    "browser": ("browser and not long", False),
    "long": ("long", False),
}
WITH_SERVERS = ("postgres", "long")
NO_TESTS = 5  # pytest's exit code when nothing was selected


class Stopped(Exception):
    """A signal asked the run to stop."""


def _raise_stopped(number: int, frame: object) -> None:
    raise Stopped(signal.Signals(number).name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--only", choices=PARTS, action="append", help="run this part")
    parser.add_argument("--processes", default="2", help="pytest processes where that is possible")
    parser.add_argument("--long", action="store_true", help="run the long tests instead")
    options, pytest_arguments = parser.parse_known_args()
    parts = ["long"] if options.long else options.only or [part for part in PARTS if part != "long"]
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _raise_stopped)

    folder = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    running: list[servers.Server] = []
    summary: list[str] = []
    failed = False
    try:
        for part in parts:
            started = time.monotonic()
            print(f"\n=== {part} " + "=" * 60, flush=True)
            environment = _environment(folder / part)
            if part in WITH_SERVERS:
                for start in (servers.start_postgres, servers.start_redis):
                    running.append(start(folder / part / start.__name__.removeprefix("start_")))
                environment["DATABASE_URL"], environment["REDIS_URL"] = (
                    s.url for s in running[-2:]
                )
            report = folder / f"{part}.xml"
            code = _pytest(part, report, options.processes, environment, pytest_arguments)
            if code not in (0, NO_TESTS):
                failed = True
            summary.append(f"{part}: {_counts(report)} in {time.monotonic() - started:.0f} s")
    except Stopped as stop:
        print(f"\nStopped by {stop}.", flush=True)
        return 130
    except servers.ServerError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        for server in running:
            # SIGINT is PostgreSQL's fast shutdown.
            server.stop(with_signal=signal.SIGINT)
        shutil.rmtree(folder, ignore_errors=True)
    print("\n" + "\n".join(summary))
    print("FAILED" if failed else "All parts passed.", flush=True)
    return 1 if failed else 0


def _environment(data_dir: Path) -> dict[str, str]:
    data_dir.mkdir(parents=True)
    dropped = {"PYTHONDONTWRITEBYTECODE", "DATABASE_URL", "REDIS_URL", "PORTAL_BACKGROUND"}
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    return {**kept, "PORTAL_MODE": "test", "DATA_DIR": str(data_dir)}


def _pytest(
    part: str, report: Path, processes: str, environment: dict[str, str], more: list[str]
) -> int:
    markers, parallel = PARTS[part]
    command = [sys.executable, "-m", "pytest", "-m", markers, f"--junit-xml={report}", *more]
    if parallel and processes != "0":
        command += ["-n", processes]
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


def _counts(report: Path) -> str:
    """`N passed, N failed, N skipped` from pytest's own report."""
    if not report.exists():
        return "no result"
    suite = ElementTree.parse(report).getroot().find("testsuite")  # noqa: S314
    count = (
        {}
        if suite is None
        else {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
    )
    bad = count.get("failures", 0) + count.get("errors", 0)
    passed = count.get("tests", 0) - bad - count.get("skipped", 0)
    return f"{passed} passed, {bad} failed, {count.get('skipped', 0)} skipped"


if __name__ == "__main__":
    sys.exit(main())

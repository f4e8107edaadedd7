"""The supervisor restarts what crashes and leaves nothing behind when it stops."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from core.management.supervisor import Child, Supervisor


def _child(code: str) -> Child:
    return Child("child", [sys.executable, "-c", code], dict(os.environ))


def _alive(pid: int) -> bool:
    try:
        # A zombie that nobody reaped yet is as good as gone.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_crashed_child_is_started_again(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    child = _child(f"open({str(starts)!r}, 'a').write('x')")
    said: list[str] = []
    supervisor = Supervisor([child], say=said.append)
    child.pause = 0.05
    deadline = time.monotonic() + 20

    def stop_after_second_start() -> None:
        if time.monotonic() > deadline or (starts.exists() and len(starts.read_text()) >= 2):
            supervisor.request_stop()

    supervisor.run(on_poll=stop_after_second_start)
    assert len(starts.read_text()) >= 2
    assert "child ended with code 0" in said[0]


def test_stubborn_child_and_its_children_are_killed_after_the_grace(tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    code = (
        "import pathlib, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "sleeper = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"path = pathlib.Path({str(note)!r})\n"
        "path.with_suffix('.new').write_text(str(sleeper.pid))\n"
        "path.with_suffix('.new').rename(path)\n"
        "time.sleep(600)\n"
    )
    supervisor = Supervisor([_child(code)], say=lambda text: None, grace_seconds=0.5)
    supervisor.run(on_poll=lambda: supervisor.request_stop() if note.exists() else None)
    deadline = time.monotonic() + 5
    while _alive(int(note.read_text())) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(int(note.read_text()))


def test_sigterm_ends_the_run_and_the_handlers_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    supervisor = Supervisor([_child("import time; time.sleep(600)")], say=lambda text: None)
    seen: list[Any] = []

    def end_at_the_first_poll() -> None:
        seen.append(supervisor.children[0].process)
        os.kill(os.getpid(), signal.SIGTERM)

    supervisor.run(on_poll=end_at_the_first_poll)
    # It was told to end and did, not left to its 600 seconds nor to the grace and SIGKILL.
    assert [process.returncode for process in seen] == [-signal.SIGTERM]
    assert all(child.process is None for child in supervisor.children)
    assert signal.getsignal(signal.SIGTERM) is before

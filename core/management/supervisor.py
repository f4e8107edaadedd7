"""Runs a few programs as one: restarts what crashes, stops all of them together."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

POLL_SECONDS = 0.1
HEALTHY_SECONDS = 60.0
LONGEST_PAUSE = 30.0
PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """On Linux, asks the kernel for SIGTERM when the supervisor itself is killed."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One program under supervision; its own process group, so that it can be ended whole."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = field(default=1.0)

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    def signal_group(self, number: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


class Supervisor:
    """Keeps `children` running until SIGINT, SIGTERM or SIGHUP, then stops all of them."""

    def __init__(
        self, children: Sequence[Child], *, say: Callable[[str], object], grace_seconds: float = 15
    ) -> None:
        self.children = children
        self.say = say
        self.grace_seconds = grace_seconds
        self.stop_requests = 0

    def request_stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Asks `run` to stop; a second request ends the children at once."""
        self.stop_requests += 1

    def run(self, *, on_poll: Callable[[], object] = lambda: None) -> None:
        """Starts the children and returns when a signal asked to stop and all have ended.

        `on_poll` is called about ten times a second while they run.
        """
        handled = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        previous = {number: signal.signal(number, self.request_stop) for number in handled}
        try:
            for child in self.children:
                child.start()
            while not self.stop_requests:
                self._restart_ended()
                on_poll()
                time.sleep(POLL_SECONDS)
        finally:
            self._stop_all()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _restart_ended(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.start_at:
                    child.start()
                continue
            code = child.process.poll()
            if code is None:
                continue
            child.signal_group(signal.SIGKILL)  # whatever it left behind
            child.process = None
            if now - child.started_at > HEALTHY_SECONDS:
                child.pause = 1.0
            child.start_at = now + child.pause
            self.say(
                f"{child.name} ended with code {code}; starting it again in {child.pause:.0f} s."
            )
            child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _stop_all(self) -> None:
        requests = self.stop_requests
        running = [child for child in self.children if child.process is not None]
        for child in running:
            if child.process is not None and child.process.poll() is None:
                # Only the leader: granian and Celery tell their own workers, in order.
                child.process.terminate()
        deadline = time.monotonic() + self.grace_seconds
        while time.monotonic() < deadline and self.stop_requests <= requests + 1:
            if all(child.process is None or child.process.poll() is not None for child in running):
                break
            time.sleep(POLL_SECONDS)
        for child in running:
            child.signal_group(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
                child.process = None

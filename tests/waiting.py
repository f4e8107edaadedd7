"""Waiting for a state, with a limit that only a hanging program reaches."""

import time
from collections.abc import Callable


def wait(condition: Callable[[], bool], *, seconds: float) -> None:
    """Looks until the condition holds; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not reached in {seconds:.0f} s"
        time.sleep(0.02)

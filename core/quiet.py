"""Leaving alone for a while what did not answer."""

import threading
import time

SECONDS = 15.0


class Quiet:
    """Whether a server that may be gone is asked again. After one failure nobody of this process
    waits for it for `seconds`; then one finds out for all."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._until = 0.0
        self._has_failed = False
        self._lock = threading.Lock()

    def may_ask(self) -> bool:
        """Whether to ask now. Whoever does says how it went: `answered` or `failed`."""
        with self._lock:
            now = time.monotonic()
            if now < self._until:
                return False
            if self._has_failed:
                self._until = now + self.seconds
            return True

    def failed(self) -> None:
        """It did not answer."""
        with self._lock:
            self._has_failed = True
            self._until = time.monotonic() + self.seconds

    def answered(self) -> None:
        """It did."""
        if self._has_failed:
            with self._lock:
                self._has_failed = False
                self._until = 0.0

"""What is done behind keeps nobody out of SQLite."""

import threading
import time

import pytest
from django.db import connection

from core import audit, turns
from core.actor import system

ROUNDS = 6


@pytest.mark.django_db(transaction=True)
def test_a_person_writes_between_two_works_that_are_done_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two threads that write without end leave room; who does not let them know of it is kept out."""
    if connection.vendor != "sqlite":
        pytest.skip("other databases queue")
    slept: list[float] = []
    monkeypatch.setattr(turns.time, "sleep", slept.append)
    inside = threading.Lock()
    overlaps = []

    def work() -> None:
        with turns.behind():
            for _ in range(ROUNDS):
                with turns.taken():
                    overlaps.append(not inside.acquire(blocking=False))
                    threading.Event().wait(turns.SHORT + 0.01)
                    inside.release()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not any(overlaps), "one after the other"
    assert len(slept) == 2 * ROUNDS
    assert min(slept) >= turns.ROOM
    assert max(slept) <= turns.LONGEST


@pytest.mark.django_db
def test_a_person_waits_for_nobody_and_short_work_leaves_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(turns.time, "sleep", slept.append)
    with turns.taken():
        time.monotonic()
    with turns.behind(), turns.taken():
        pass
    with audit.unit_of_work():
        audit.record(by=system(), verb="demo.seeded", label="x")
    assert slept == []

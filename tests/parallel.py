"""Runs callables at the same moment, each in a thread with its own database connection."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True)
class Outcome:
    """What one callable did: its `value`, or the `error` that it raised."""

    value: Any = None
    error: BaseException | None = None


def run_together(functions: Sequence[Callable[[], Any]], *, timeout: float = 60) -> list[Outcome]:
    """Starts all `functions` behind one barrier and returns their outcomes in their order.

    The test must use `django_db(transaction=True)`: other threads see only committed rows.
    Raises TimeoutError when one does not end within `timeout` seconds.
    """
    barrier = threading.Barrier(len(functions))
    outcomes: list[Outcome | None] = [None] * len(functions)

    def run(index: int, function: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout)
            outcomes[index] = Outcome(value=function())
        except BaseException as error:  # the test judges it
            outcomes[index] = Outcome(error=error)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(index, function), daemon=True)
        for index, function in enumerate(functions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
    done = [outcome for outcome in outcomes if outcome is not None]
    if len(done) != len(functions):
        raise TimeoutError(f"{len(functions) - len(done)} of {len(functions)} did not end")
    return done

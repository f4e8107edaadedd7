"""The frame of every write: one transaction, with its audit entries as its last statement."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from . import audit

P = ParamSpec("P")
R = TypeVar("R")


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Runs `function` atomically; what it audited is written in the same transaction.

    An action called by another joins the outer transaction (as a savepoint).
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with audit.unit_of_work():
            return function(*args, **kwargs)

    run.is_action = True  # type: ignore[attr-defined]
    return run

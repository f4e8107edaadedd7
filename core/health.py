"""What higher apps add to `/readyz`. They register when the apps are loaded."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """What one part says of itself: facts under its name, problems that make the portal not ready,
    warnings that do not. Names nobody."""

    name: str
    facts: dict[str, Any]
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


Check = Callable[[], Finding]
_checks: list[Check] = []


def register(check: Check) -> Check:
    """Adds a check. It may read the database, in a fixed number of queries."""
    _checks.append(check)
    return check


def findings() -> list[Finding]:
    """What every part says now."""
    return [check() for check in _checks]

"""What higher apps add to `/readyz`. They register when the apps are loaded."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import clock

COMPARED_EVERY = dt.timedelta(hours=50)  # two nights


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


def compared(name: str, at: dt.datetime | None, repaired: int) -> Finding:
    """What a nightly comparison of stored figures with a full recount says: when it was made last,
    and how many figures were wrong and repaired then. Both warn, for readers saw them."""
    warnings = []
    if repaired:
        warnings.append(f"{name} differed from a full recount and were repaired")
    if at is not None and clock.now() - at > COMPARED_EVERY:
        warnings.append(f"{name} were not compared for two nights")
    facts = {"compared_at": at.isoformat() if at else None, "repaired": repaired}
    return Finding(name, facts, warnings=warnings)


def findings() -> list[Finding]:
    """What every part says now."""
    return [check() for check in _checks]

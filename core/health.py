"""Nightly comparisons of stored figures with a full recount: told on `/readyz` and on the page of
background work. Higher apps register theirs when they are loaded."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import clock

COMPARED_EVERY = dt.timedelta(hours=50)  # two nights


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the last one ended: when it was made (None before the first), and how many figures were
    wrong and repaired then; where `is_repaired` is false what is wrong stays, for people to look
    into. `label` is what the portal's pages call the figures."""

    name: str
    label: str
    at: dt.datetime | None
    repaired: int
    is_repaired: bool = True

    def facts(self) -> dict[str, Any]:
        word = "repaired" if self.is_repaired else "differing"
        return {"compared_at": self.at.isoformat() if self.at else None, word: self.repaired}

    def warnings(self) -> list[str]:
        """What whoever watches the portal should look into: readers saw wrong figures."""
        found = []
        if self.repaired and not self.is_repaired:
            found.append(f"{self.name} differ from what their facts give")
        elif self.repaired:
            found.append(f"{self.name} differed from a full recount and were repaired")
        if self.at is not None and clock.now() - self.at > COMPARED_EVERY:
            found.append(f"{self.name} were not compared for two nights")
        return found


Teller = Callable[[], Comparison]
_tellers: list[Teller] = []


def register(teller: Teller) -> Teller:
    """Adds a comparison. At most one query."""
    _tellers.append(teller)
    return teller


def comparisons() -> list[Comparison]:
    """All of them as they stand now."""
    return [teller() for teller in _tellers]

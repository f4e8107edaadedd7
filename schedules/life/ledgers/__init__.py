"""Ledgers (台账) of organisation life: a registry that the areas of this slice fill.

Who registers a ledger says what it is called, its columns as staff know them and how its rows are
read; its page, sheet, print, Word, PDF and its part of a branch's binder are made of that alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.actor import Actor
from core.tabular.writing import Column
from orgs.models import Organization


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a value for each column, None where there is none, and the address that it opens."""

    values: tuple[Any, ...]
    url: str = ""


Rows = Callable[[Actor, Organization, int], Sequence[Line]]
"""(actor, place, year): the lines of the place and of all below it that the actor sees, in order.
A fixed number of queries, however many lines."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger by its `key`, which stands in addresses. `paper` are the places of the columns that
    a page across has room for, all when empty; `note` is said under its title."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: Rows
    order: int
    paper: tuple[int, ...] = ()
    note: str = ""


_ledgers: dict[str, Ledger] = {}


def register(ledger: Ledger) -> Ledger:
    """Adds a ledger. Raises ValueError for a key that is taken."""
    if ledger.key in _ledgers:
        raise ValueError(f"the ledger {ledger.key} is registered already")
    _ledgers[ledger.key] = ledger
    return ledger


def registered() -> Mapping[str, Ledger]:
    """All ledgers by key, in order."""
    return dict(sorted(_ledgers.items(), key=lambda item: item[1].order))

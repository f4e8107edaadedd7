"""Ledgers (台账) of organisation life: a registry that the areas of this slice fill.

Who registers a ledger says what it is called, its columns as staff know them and how its rows are
read; its page, sheet, print, Word, PDF and its part of a branch's binder are made of that alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from django.db.models import QuerySet, Sum

from core.actor import Actor
from core.tabular.writing import Column
from orgs.enums import OrganizationKind
from orgs.models import Organization

STRETCH = 500  # rows that are read at once where all are


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a value for each column, None where there is none, and the address that it opens."""

    values: tuple[Any, ...]
    url: str = ""


Rows = Callable[[Actor, Organization, int], Sequence[Line]]
"""(actor, place, year): the lines of the place and of all below it that the actor sees, in order.
A fixed number of queries, however many lines; of many lines a `Stretches`."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger by its `key`, which stands in addresses. `paper` are the places of the columns that
    a page across has room for, all when empty; `note` is said under its title.

    `several` are the columns that tell organisations apart: one branch alone is shown without them.
    `sums` are the columns of numbers that the last row adds up; `unit` is the word for what is
    counted; `lead` is the column that names a row and opens it. `is_bound`: whether it stands in
    the branch's binder, with `bound_rows` where its year is not that of the binder's records.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: Rows
    order: int
    paper: tuple[int, ...] = ()
    note: str = ""
    several: tuple[int, ...] = ()
    sums: tuple[int, ...] = ()
    unit: str = "条"
    lead: int = 1
    is_bound: bool = True
    bound_rows: Rows | None = None


@dataclass(eq=False)
class Stretches(Sequence[Line]):
    """Lines that are read only as far as somebody looks: counting them is one query, a page of them
    what `read` takes, and all of them that for every 500 and one for their order.

    `read` makes lines of rows in their order, the first of which has the number that it is told.
    `sums` are the columns that are added up, by the field each.
    """

    rows: "QuerySet[Any]"
    read: Callable[[Sequence[Any], int], list[Line]]
    sums: Mapping[int, str] = field(default_factory=dict)
    _count: int | None = None

    def __len__(self) -> int:
        if self._count is None:
            self._count = self.rows.order_by().count()
        return self._count

    @overload
    def __getitem__(self, place: int) -> Line: ...
    @overload
    def __getitem__(self, place: slice) -> list[Line]: ...
    def __getitem__(self, place: int | slice) -> Line | list[Line]:
        if isinstance(place, int):
            place = len(self) + place if place < 0 else place
            found = self[place : place + 1]
            if not found:
                raise IndexError(place)
            return found[0]
        start, stop, _ = place.indices(len(self))
        return self.read(list(self.rows[start:stop]), start + 1) if stop > start else []

    def __iter__(self) -> Iterator[Line]:
        order = list(self.rows.values_list("pk", flat=True))
        for start in range(0, len(order), STRETCH):
            wanted = order[start : start + STRETCH]
            by_pk = {row.pk: row for row in self.rows.filter(pk__in=wanted)}
            yield from self.read([by_pk[pk] for pk in wanted if pk in by_pk], start + 1)

    def added(self, places: Sequence[int]) -> dict[int, int]:
        """The sums of the columns. One query, none without columns."""
        names = {f"sum_{place}": Sum(self.sums[place]) for place in places}
        found = self.rows.order_by().aggregate(**names) if names else {}
        return {place: found[f"sum_{place}"] or 0 for place in places}


def sums_of(ledger: Ledger, lines: Sequence[Line]) -> dict[int, Any]:
    """What the last row of the ledger says, by the place of the column. One query at most."""
    if isinstance(lines, Stretches):
        return dict(lines.added(ledger.sums))
    return {place: sum(line.values[place] or 0 for line in lines) for place in ledger.sums}


def has_several(place: Organization) -> bool:
    """Whether a ledger of the place is of several organisations."""
    return not place.is_branch and place.kind != OrganizationKind.PARTY_GROUP


def shown_columns(ledger: Ledger, place: Organization, *, on_paper: bool = False) -> list[int]:
    """The places of the columns that a ledger of the place has, on paper or else."""
    wanted = ledger.paper if on_paper and ledger.paper else range(len(ledger.columns))
    hidden = () if has_several(place) else ledger.several
    return [one for one in wanted if one not in hidden]


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

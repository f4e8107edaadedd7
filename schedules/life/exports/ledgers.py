"""A ledger as a sheet and as a document across the page: title, unit and year, the lines, their sums,
the lines for signing."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from core import clock
from core.documents import Document, Lines
from core.documents.description import table
from core.tabular.writing import Column, write_sheet
from core.templatetags.words import EMPTY, date_zh
from orgs.models import Organization

from ..ledgers import Ledger, Line, shown_columns, sums_of

SIGNATURE = ("负责人（签字）：", "填表人：", "联系电话：")
TOTAL = "合计"
SHORT = 16  # how wide a line may be, a Chinese character for two: 2026年11月27日, 欧阳冬霞
PAPER_MM = 257  # of a page across, between its margins


@dataclass(frozen=True, slots=True)
class Year:
    """A ledger of one place and year, with the lines that the reader sees."""

    ledger: Ledger
    place: Organization
    year: int
    lines: Sequence[Line]

    @property
    def title(self) -> str:
        """As it stands above the sheet."""
        return f"{self.year}年{self.ledger.title}"

    @property
    def subtitle(self) -> str:
        """Whose it is, how much, and of when."""
        return (
            f"填报单位：{self.place.name}    {self.counted}    填报时间：{date_zh(clock.today())}"
        )

    @property
    def counted(self) -> str:
        """How many lines there are."""
        return f"共 {len(self.lines)} {self.ledger.unit}"

    def columns(self, *, on_paper: bool = False) -> list[tuple[int, Column]]:
        """The columns that are shown, with their places."""
        places = shown_columns(self.ledger, self.place, on_paper=on_paper)
        return [(one, self.ledger.columns[one]) for one in places]

    def sums(self, places: Sequence[int]) -> list[Any] | None:
        """The last row for the columns, None for a ledger that adds nothing up."""
        if not self.ledger.sums:
            return None
        sums = sums_of(self.ledger, self.lines)
        row = [sums.get(place, "") for place in places]
        row[0] = TOTAL
        return row


def shown(value: Any) -> Any:
    """A value as forms want it: nothing is a dash, never an empty cell."""
    return EMPTY if value is None or value == "" else value


def in_words(value: Any) -> str:
    """The same as text."""
    return date_zh(value) if isinstance(value, dt.date) else str(shown(value))


def is_short(text: str) -> bool:
    """Whether the text stands in a cell without being broken: a day, hours, a name."""
    return all(sum(1 + (one > "\u2e7f") for one in line) <= SHORT for line in text.split("\n"))


def write_ledger(target: BinaryIO, of: Year, *, stamp: str) -> int:
    """The ledger as a sheet; returns how many lines."""
    columns = of.columns()
    return write_sheet(
        target,
        of.title,
        [column for _, column in columns],
        ([shown(line.values[place]) for place, _ in columns] for line in of.lines),
        subtitle=of.subtitle,
        stamp=stamp,
        totals=of.sums([place for place, _ in columns]),
        signature=SIGNATURE,
        tab=of.ledger.title,
    )


def paper_rows(of: Year) -> Iterator[list[str]]:
    """The lines as words, in the order of the columns on paper."""
    places = [place for place, _ in of.columns(on_paper=True)]
    for line in of.lines:
        yield [in_words(line.values[place]) for place in places]


def ledger_document(of: Year, *, stamp: str = "") -> Document:
    """The ledger for a page across."""
    columns = of.columns(on_paper=True)
    broad = sum(column.width for _, column in columns)
    rows = [[column.title for _, column in columns], *paper_rows(of)]
    sums = of.sums([place for place, _ in columns])
    if len(rows) == 1:
        rows.append(["无", *[EMPTY] * (len(columns) - 1)])
    elif sums is not None:
        rows.append([in_words(one) if one != "" else "" for one in sums])
    return Document(
        of.title,
        titles=(of.title,),
        is_wide=True,
        blocks=(
            Lines((of.subtitle, *([stamp] if stamp else []))),
            table(rows, widths_mm=[PAPER_MM * one.width / broad for _, one in columns]),
            Lines(("", "　　　　　　　　　　".join(SIGNATURE[:2]))),
        ),
    )

"""What stands in a document, without a word of how it is written: plain values for both writers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..charts import Drawing

NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the first (一、) or second level (（一）). The number is part of the text."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Body text, first line moved in; line breaks part paragraphs."""

    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that are not moved in, such as 填报单位 and its neighbours; "" is an empty line."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with lines; the first row is its head and repeats on every page. Rows below it are
    at least `row_mm` high: room for a pen."""

    rows: tuple[tuple[str, ...], ...]
    widths_mm: tuple[float, ...]
    row_mm: float = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its name below it."""

    drawing: Drawing
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who issues the document and when; with a seal its place above both is kept free."""

    by: str
    on: str
    has_seal: bool = False


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Progress: TypeAlias = Callable[[int, int], None]
"""Told (done, total) by writers of packs; raises when the work is no longer wanted."""

Block: TypeAlias = Heading | Paragraph | Lines | Table | Chart | Signature | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """A document from its title downwards. `name` is what the file's properties say."""

    name: str
    blocks: tuple[Block, ...] = ()
    titles: tuple[str, ...] = ()
    number: str = ""  # 发文字号, under the title
    note: str = ""  # a line in the middle, such as the period
    addressee: str = ""  # 主送机关
    stamp: str = ""  # a word in a frame above all else, such as 作废


def numbered(number: int) -> str:
    """The number of a heading of the first level: 一、 to 十、, then 11、."""
    return f"{NUMERALS[number - 1] if number <= len(NUMERALS) else number}、"


def table(rows: Iterable[Sequence[str]], *, widths_mm: Sequence[float], row_mm: float = 0) -> Table:
    """A table from rows of any kind."""
    return Table(tuple(tuple(row) for row in rows), tuple(widths_mm), row_mm)

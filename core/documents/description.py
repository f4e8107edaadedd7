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
class Fields:
    """A form with lines: each row holds names and values, one pair over the whole breadth or two
    side by side. A long value goes on over pages."""

    rows: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph (JPEG or PNG, as small as it is to be shown) and what stands below it."""

    content: bytes
    caption: str = ""

    @property
    def kind(self) -> str:
        """png or jpeg."""
        return "png" if self.content.startswith(b"\x89PNG") else "jpeg"


@dataclass(frozen=True, slots=True)
class Pictures:
    """Photographs, two in a row."""

    pictures: tuple[Picture, ...]


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

Block: TypeAlias = (
    Heading | Paragraph | Lines | Table | Fields | Pictures | Chart | Signature | PageBreak
)


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
    is_wide: bool = False  # A4 across, for tables of many columns


SHORT_TABLE = 8  # rows of a table that stays on one page where it can


def closes(document: Document, place: int) -> bool:
    """Whether the block at the place goes with what stands before it, such as who issues it, or
    lines for signing: never alone on a page."""
    if place and isinstance(document.blocks[place], Signature):
        return True
    if not place or not isinstance(document.blocks[place], Lines):
        return False
    is_last = place == len(document.blocks) - 1
    return is_last or isinstance(document.blocks[place - 1], Table | Fields)


@dataclass(frozen=True, slots=True)
class Part:
    """A document of a book, as its contents name it; `group` is said above the first of those that
    share it."""

    title: str
    document: Document
    group: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """Documents bound together: a cover, the contents with page numbers, and each part from a new
    page, numbered from 1. `count` stands at the foot of the cover, with {} for the number of pages.
    Parts are taken one by one; there are `part_count` of them."""

    name: str
    cover: Document
    parts: Iterable[Part]
    part_count: int
    contents: str = "目录"
    count: str = "共 {} 页"


def numbered(number: int) -> str:
    """The number of a heading of the first level: 一、 to 十、, then 11、."""
    return f"{NUMERALS[number - 1] if number <= len(NUMERALS) else number}、"


def table(rows: Iterable[Sequence[str]], *, widths_mm: Sequence[float], row_mm: float = 0) -> Table:
    """A table from rows of any kind."""
    return Table(tuple(tuple(row) for row in rows), tuple(widths_mm), row_mm)

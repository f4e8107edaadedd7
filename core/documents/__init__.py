"""Documents: described once, written as Word (`word`) and as PDF (`pdf`), and made behind when they
are long (`making`). Knows no noun of the portal."""

from .description import (
    Block,
    Book,
    Chart,
    Document,
    Fields,
    Heading,
    Lines,
    PageBreak,
    Paragraph,
    Part,
    Picture,
    Pictures,
    Signature,
    Table,
)

__all__ = [
    "Block",
    "Book",
    "Chart",
    "Document",
    "Fields",
    "Heading",
    "Lines",
    "PageBreak",
    "Paragraph",
    "Part",
    "Picture",
    "Pictures",
    "Signature",
    "Table",
]

"""Documents: described once, written as Word (`word`) and as PDF (`pdf`), and made behind when they
are long (`making`). Knows no noun of the portal."""

from .description import (
    Block,
    Chart,
    Document,
    Heading,
    Lines,
    PageBreak,
    Paragraph,
    Signature,
    Table,
)

__all__ = [
    "Block",
    "Chart",
    "Document",
    "Heading",
    "Lines",
    "PageBreak",
    "Paragraph",
    "Signature",
    "Table",
]

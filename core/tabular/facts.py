"""What the parts of a workbook's package have told, and the limits they are held to."""

from collections.abc import Callable
from dataclasses import dataclass, field

from core.dates import Precision
from core.tabular.number_formats import Styles

MAX_DATA_ROWS = 20_000
MAX_COLUMNS = 60
# Above the data stand titles, below it totals and signatures.
MAX_FILLED_ROWS = MAX_DATA_ROWS + 200
# Blank rows between data are tolerated, but the grid has to fit into memory.
MAX_LAST_ROW = 2 * MAX_DATA_ROWS
MAX_MERGES = 20_000
MAX_FORMULAS = 50_000
MAX_FORMULA = 32_768  # characters; Excel takes 8,192
MAX_DEPTH = 200
MAX_SHARED_STRINGS = 2_000_000

# What a cell holds: nothing to see, a bare number as in 序号, or anything else.
NOTHING, NUMBER, CONTENT = range(3)


@dataclass(slots=True)
class SheetFacts:
    """What one worksheet part really holds. Rows and columns count from 1; cells are filled ones.

    A row counts, and reaches to its last cell, when there is more to see in it than one bare
    number: programs leave blanks and running numbers far below the data.
    """

    part: str
    cells: int = 0
    blanks: int = 0
    """How many of the cells hold nothing but blanks."""
    filled_rows: int = 0
    last_row: int = 0
    last_column: int = 0
    outer_row: int = 0
    """The last row with any cell, however little there is to see in it; `outer_column` likewise."""
    outer_column: int = 0
    merges: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    """(row, column) of formula cells, both counted from 1."""
    uncomputed: set[tuple[int, int]] = field(default_factory=set)
    """(row, column) of formula cells without a value."""
    precisions: dict[tuple[int, int], Precision] = field(default_factory=dict)
    """(row, column) of numbers whose format does not show the day of a date."""
    errors: set[tuple[int, int]] = field(default_factory=set)
    """(row, column) of cells holding an error value such as #REF!."""

    @property
    def has_ghosts(self) -> bool:
        """Whether cells with nothing to see lie so far out that no reader should be shown them."""
        return self.outer_row > MAX_LAST_ROW or self.outer_column > MAX_COLUMNS


@dataclass(slots=True)
class Findings:
    """What the parts read so far have told."""

    worksheets: dict[str, SheetFacts] = field(default_factory=dict)
    tabs: list[tuple[str, str]] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)
    read_first: set[str] = field(default_factory=set)
    """Lower-case names of the parts that worksheets refer to."""
    types: dict[str, str] = field(default_factory=dict)
    """Content types by lower-case name of the part; of an extension by "*.xml"."""
    workbook_part: str | None = None
    is_1904: bool = False
    saved: str = ""
    """When the program that wrote it says it was last saved, in ISO 8601."""
    longest_text: int = 0
    text_lengths: list[int] = field(default_factory=list)
    text_kinds: bytearray = field(default_factory=bytearray)
    """For each shared text NOTHING, NUMBER or CONTENT."""
    styles: Styles = field(default_factory=Styles)
    ignores_blanks: bool = False
    finish: Callable[[], None] = lambda: None
    """What the part that is being read has to do at its end."""

    def type_of(self, part: str) -> str:
        """The content type of a part: its own, else that of its extension."""
        name = part.lower()
        return self.types.get(name) or self.types.get(f"*.{name.rpartition('.')[2]}", "")

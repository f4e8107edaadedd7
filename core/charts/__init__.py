"""Charts drawn on the server: pure functions from plain values to a `Drawing`.

No chart reads the database or works out a limit: whoever calls gives the numbers, the addresses of
the rows behind them and the words. A page shows a drawing with `{% chart %}`, together with the
table behind it; a document takes `Drawing.picture()` (PDF) or `core.documents.pictures.png` (Word).
"""

from .across import bars_across, small_bar
from .bars import Bar, Series, bars
from .distributions import Bin, binned, distribution
from .dots import Dot, Reference, dots
from .drawing import Cell, Drawing, Group, Key, Mark, Table
from .heat import HeatCell, HeatColumn, HeatRow, heat
from .lines import Limits, Pace, Point, Since, line_chart, small_line

__all__ = [
    "Bar",
    "Bin",
    "Cell",
    "Dot",
    "Drawing",
    "Group",
    "HeatCell",
    "HeatColumn",
    "HeatRow",
    "Key",
    "Limits",
    "Mark",
    "Pace",
    "Point",
    "Reference",
    "Series",
    "Since",
    "Table",
    "bars",
    "bars_across",
    "binned",
    "distribution",
    "dots",
    "heat",
    "line_chart",
    "small_bar",
    "small_line",
]

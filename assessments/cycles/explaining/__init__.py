"""One score explained, from what was stored of it: pure, so that it can be told years later."""

from .amounts import fixed, signed
from .naming import Names
from .whole import COUNTED, EXEMPT, OUT, WAITING, Explained, Item, Stored, explain
from .winning import Win, Winnable, winnable

__all__ = [
    "COUNTED",
    "EXEMPT",
    "OUT",
    "WAITING",
    "Explained",
    "Item",
    "Names",
    "Stored",
    "Win",
    "Winnable",
    "explain",
    "fixed",
    "signed",
    "winnable",
]

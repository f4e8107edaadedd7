"""One score explained, from what was stored of it: pure, so that it can be told years later."""

from .amounts import fixed, signed
from .naming import Names
from .said import mark_words
from .values import COUNTED, EXEMPT, OUT, WAITING, Explained, Item, Stored
from .whole import explain
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
    "mark_words",
    "signed",
    "winnable",
]

"""Rules of the house as functions: each is given a house and says what in it breaks the rule.

`tests/test_guards.py` gives them the portal itself, `tests/test_throw_away_app.py` a copy of it
with an app that breaks them all. Subjects are found (installed apps below the root, their models,
modules, addresses and templates), so a new app or slice is looked at without being listed.
"""

from . import access, acts, documents, layers, pages, tables, wording, writes  # noqa: F401  (register)
from .house import GUARDS, Guard, House, Reasons, open_house

__all__ = ["GUARDS", "Guard", "House", "Reasons", "open_house"]

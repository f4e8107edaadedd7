"""How long things are, and how long a name is kept."""

import datetime as dt

from core.text import clean

KEPT = dt.timedelta(days=183)  # a resident's name, after the wish is over
LONGEST = dt.timedelta(days=366)  # that a wish may wait
TITLE = 40
NEED = 300
RESULT = 200
REASON = 200
AREA = 100
LINE = 300
NAME = 30
PARTNER = 100


def masked(name: str) -> str:
    """A resident's name as pages show it: 王**."""
    name = clean(name)
    return f"{name[0]}**" if name else ""

"""Backups of a whole installation, one archive each, and the way back with a verdict.

`making` writes them, `restoring` checks one and brings it back; `archive` knows the file and its
manifest, `databases` the two engines. docs/adr/0035 says why it is so.
"""

from .archive import Unusable
from .making import make, prune
from .restoring import Verdict, check, restore

__all__ = ["Unusable", "Verdict", "check", "make", "prune", "restore"]

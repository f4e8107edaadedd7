from .concern import Concern, ConcernStep
from .importing import ConcernImport
from .kind import ConcernKind

__all__ = ["Concern", "ConcernImport", "ConcernKind", "ConcernStep"]

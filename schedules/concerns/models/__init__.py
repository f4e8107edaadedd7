from .concern import Concern, ConcernStep
from .importing import ConcernImport
from .intake import Filing, OtherBody, PublicForm
from .kind import ConcernKind

__all__ = [
    "Concern",
    "ConcernImport",
    "ConcernKind",
    "ConcernStep",
    "Filing",
    "OtherBody",
    "PublicForm",
]

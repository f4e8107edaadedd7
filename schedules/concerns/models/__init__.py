from .concern import Concern, ConcernStep
from .importing import ConcernImport
from .intake import Filing, OtherBody, PublicForm
from .kind import ConcernKind
from .practice import Practice, PracticeBasis
from .template import ReplyTemplate
from .term import ConcernTerm

__all__ = [
    "Concern",
    "ConcernImport",
    "ConcernKind",
    "ConcernStep",
    "ConcernTerm",
    "Filing",
    "OtherBody",
    "Practice",
    "PracticeBasis",
    "PublicForm",
    "ReplyTemplate",
]

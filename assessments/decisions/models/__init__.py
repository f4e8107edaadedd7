"""审定与反馈: the decision on a cycle, what is published of it, and objections to it."""

from .decision import Decision
from .objection import Objection, ObjectionAttachment, ObjectionEvidence, ObjectionNotice
from .publication import Publication

__all__ = [
    "Decision",
    "Objection",
    "ObjectionAttachment",
    "ObjectionEvidence",
    "ObjectionNotice",
    "Publication",
]

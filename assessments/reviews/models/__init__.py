"""考核组复核: teams with their cases, items by exception, and the marks that each gives by himself."""

from .example import ExampleMark, ReviewExample
from .item import EvidenceLook, ReviewItem, ReviewSeat
from .team import Review, ReviewCase, ReviewTeam, TeamMember

__all__ = [
    "EvidenceLook",
    "ExampleMark",
    "Review",
    "ReviewCase",
    "ReviewExample",
    "ReviewItem",
    "ReviewSeat",
    "ReviewTeam",
    "TeamMember",
]

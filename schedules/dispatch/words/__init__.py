from .draws import candidates_of
from .exceptions import LISTED, SECTIONS, TOPICS, mark_title, minutes_for, worded

__all__ = [
    "LISTED",
    "SECTIONS",
    "TOPICS",
    "candidates_of",
    "mark_title",
    "minutes_for",
    "worded",
]

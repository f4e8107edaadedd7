"""The pages of one board side by side."""

from dataclasses import dataclass

from django.urls import reverse

from assessments.cycles.models import Cycle

PAGES = (("结果", "boards:board"), ("评审与整改", "boards:board-follow"))


@dataclass(frozen=True, slots=True)
class BoardPage:
    """One of them."""

    label: str
    url: str
    is_current: bool


def pages_of(cycle: Cycle, here: str) -> list[BoardPage]:
    """What never changes (the result) and what does (what was done before and after it)."""
    return [
        BoardPage(label, reverse(name, args=[cycle.uid]), name == here) for label, name in PAGES
    ]

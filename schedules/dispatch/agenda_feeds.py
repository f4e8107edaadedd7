"""What slices above have for the agenda of a meeting, beside what its month shows: they register here
and stay out of this slice's sight."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .models import DispatchMeeting


@dataclass(frozen=True, slots=True)
class Fed:
    """One card of a feed, in words: `key` makes it the same one tomorrow; `facts` and `figures` as
    cards hold them."""

    key: str
    title: str
    note: str = ""
    facts: Sequence[dict[str, str]] = ()
    figures: Sequence[dict[str, str]] = ()


Feed = Callable[[DispatchMeeting], Sequence[Fed]]
_feeds: list[Feed] = []


def register(feed: Feed) -> Feed:
    """Adds a feed; its queries may not depend on how many organisations there are."""
    _feeds.append(feed)
    return feed


def fed_to(meeting: DispatchMeeting) -> list[Fed]:
    """What all feeds have for the meeting. Queries as of the feeds."""
    return [one for feed in _feeds for one in feed(meeting)]
